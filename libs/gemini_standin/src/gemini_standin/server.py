"""The server: paths, envelopes and errors of the Gemini API, and ways to misbehave."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

from gemini_standin.brain import Body, Brain, Reply, share_a_word

_MODEL_PATH: Final = re.compile(
    r"^(?P<prefix>.*)/(?:v1|v1beta)/models/(?P<model>[\w.-]+):(?P<method>\w+)$"
)
_CONTROL_PATH: Final = "/standin/misbehave"
_LONGEST_WAIT_SECONDS: Final = 60.0


class Misbehaviour(StrEnum):
    """How the server fails, as the real one has been seen to."""

    SLOW = "slow"  # answers only when it is stopped, or after a minute
    RATE_LIMITED = "rate_limited"  # 429 RESOURCE_EXHAUSTED with RetryInfo
    SERVER_ERROR = "server_error"  # 500 INTERNAL
    UNAVAILABLE = "unavailable"  # 503 UNAVAILABLE: the model is overloaded
    NOT_JSON = "not_json"  # 200 with a body that is no JSON
    NONSENSE = "nonsense"  # 200, a good envelope, text that is no JSON
    WRONG_SHAPE = "wrong_shape"  # 200, JSON text of another shape than asked for
    CUT_OFF = "cut_off"  # the connection ends in the middle of the body
    MAX_TOKENS = "max_tokens"  # 200, JSON cut in the middle, finishReason MAX_TOKENS
    BLOCKED = "blocked"  # 200 without candidates, promptFeedback.blockReason
    EMPTY = "empty"  # 200, a candidate whose content has no parts
    RESET = "reset"  # the connection is closed without an answer


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request as it arrived."""

    model: str
    method: str
    body: Body
    headers: dict[str, str]

    @property
    def texts(self) -> list[str]:
        """Texts of all parts of all contents."""
        return [
            part["text"]
            for content in self.body.get("contents", [])
            for part in content.get("parts", [])
            if "text" in part
        ]


class GeminiStandin:
    """Serves on loopback from `start()` to `stop()`, or within a `with` block."""

    def __init__(self, *, port: int = 0, brain: Brain = share_a_word) -> None:
        self.brain = brain
        self.requests: list[Recorded] = []
        self._misbehaviour: Misbehaviour | None = None
        self._times_left: int | None = None
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.standin = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def url(self) -> str:
        """What GEMINI_BASE_URL is set to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def misbehave(self, how: Misbehaviour | None, *, times: int | None = None) -> None:
        """From now on, or for so many requests; None behaves again."""
        with self._lock:
            self._misbehaviour, self._times_left = how, times

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        """Answer nobody any more; those who wait are let go."""
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def wait_slowly(self) -> None:
        self._released.wait(_LONGEST_WAIT_SECONDS)

    def next_misbehaviour(self) -> Misbehaviour | None:
        with self._lock:
            how = self._misbehaviour
            if how is not None and self._times_left is not None:
                self._times_left -= 1
                if self._times_left <= 0:
                    self._misbehaviour = None
            return how

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    standin: GeminiStandin


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Requests are recorded, not printed."""

    def do_POST(self) -> None:
        body = self._body()
        path, _, query = self.path.partition("?")
        if path == _CONTROL_PATH:
            self._control(body)
            return
        match = _MODEL_PATH.match(path)
        if match is None:
            self._error(404, "NOT_FOUND", f"no such path: {path}")
            return
        if not (self.headers.get("x-goog-api-key") or "key=" in query):
            self._error(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers.")
            return
        if body is None or (problem := _problem_of(body)):
            self._error(400, "INVALID_ARGUMENT", "not JSON" if body is None else problem)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        standin = self.server.standin
        standin.requests.append(Recorded(match["model"], match["method"], body, headers))
        if match["method"] == "countTokens":
            self._json({"totalTokens": _tokens(body)})
        elif not self._misbehaved(standin.next_misbehaviour(), match["model"], match["method"]):
            self._answer(standin.brain(body), body, match["model"], match["method"])

    def _control(self, body: Body | None) -> None:
        try:
            how = (body or {}).get("how")
            self.server.standin.misbehave(
                Misbehaviour(how) if how else None, times=(body or {}).get("times")
            )
        except ValueError:
            self._error(400, "INVALID_ARGUMENT", f"how: one of {', '.join(Misbehaviour)}")
            return
        self._json({"how": how})

    def _answer(self, reply: Reply, body: Body, model: str, method: str) -> None:
        if method == "streamGenerateContent":
            self._stream(reply, body, model)
        elif method == "generateContent":
            self._json(_envelope(reply, body, model))
        else:
            self._error(404, "NOT_FOUND", f"no such method: {method}")

    def _stream(self, reply: Reply, body: Body, model: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for chunk in _pieces(reply):
            event = json.dumps(_envelope(chunk, body, model))
            self.wfile.write(f"data: {event}\r\n\r\n".encode())
            self.wfile.flush()
        self.close_connection = True

    def _misbehaved(self, how: Misbehaviour | None, model: str, method: str) -> bool:
        """Fail as asked; False when nothing was asked for."""
        if how is None:
            return False
        if how is Misbehaviour.SLOW:
            self.server.standin.wait_slowly()
            self._drop()
        elif how in _ERRORS:
            self._error(*_ERRORS[how])
        elif how is Misbehaviour.NOT_JSON:
            self._raw(b"<html>upstream connect error</html>", content_type="text/html")
        elif how in (Misbehaviour.CUT_OFF, Misbehaviour.RESET):
            self._break_off(model, send_half=how is Misbehaviour.CUT_OFF)
        elif how is Misbehaviour.BLOCKED:
            self._json({"promptFeedback": {"blockReason": "SAFETY"}, "modelVersion": model})
        else:
            self._answer(_BAD_REPLIES[how], {}, model, method)
        return True

    def _break_off(self, model: str, *, send_half: bool) -> None:
        if send_half:
            whole = json.dumps(_envelope(Reply.text("[]"), {}, model)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(whole)))
            self.end_headers()
            self.wfile.write(whole[: len(whole) // 2])
            self.wfile.flush()
        self._drop()

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _body(self) -> Body | None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            body = json.loads(raw)
        except ValueError:
            return None
        return body if isinstance(body, dict) else None

    def _error(self, code: int, status: str, message: str) -> None:
        details: list[Body] = []
        if code == 429:
            retry = "type.googleapis.com/google.rpc.RetryInfo"
            details = [{"@type": retry, "retryDelay": "17s"}]
        error = {"code": code, "message": message, "status": status, "details": details}
        self._json({"error": error}, code=code)

    def _json(self, body: Body, *, code: int = 200) -> None:
        self._raw(json.dumps(body).encode(), code=code)

    def _raw(self, body: bytes, *, code: int = 200, content_type: str = "application/json") -> None:
        self.send_response(code)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


_ERRORS: Final[dict[Misbehaviour, tuple[int, str, str]]] = {
    Misbehaviour.RATE_LIMITED: (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota."),
    Misbehaviour.SERVER_ERROR: (500, "INTERNAL", "An internal error has occurred."),
    Misbehaviour.UNAVAILABLE: (503, "UNAVAILABLE", "The model is overloaded."),
}
_BAD_REPLIES: Final[dict[Misbehaviour, Reply]] = {
    Misbehaviour.NONSENSE: Reply.text("Sure! Here are your categories: 🙂"),
    Misbehaviour.WRONG_SHAPE: Reply.text('[{"payee":"0","category":99},{"payee":-4},7,null]'),
    Misbehaviour.MAX_TOKENS: Reply.text('[{"payee":0,"cat', finish_reason="MAX_TOKENS"),
    Misbehaviour.EMPTY: Reply((), "STOP"),
}


def _problem_of(body: Body) -> str:
    """Why the real API would refuse the request; empty when it wouldn't."""
    contents = body.get("contents")
    if not isinstance(contents, list) or not contents:
        return "contents is not specified"
    for content in contents:
        for part in content.get("parts", []):
            call = part.get("functionCall") or part.get("function_call")
            if call and not (part.get("thoughtSignature") or part.get("thought_signature")):
                return f"Function call is missing a thought_signature: {call.get('name')}"
    return ""


def _envelope(reply: Reply, body: Body, model: str) -> Body:
    content: Body = {"role": "model"}
    if reply.parts:
        content["parts"] = list(reply.parts)
    candidate: Body = {"content": content, "index": 0}
    if reply.finish_reason:
        candidate["finishReason"] = reply.finish_reason
    asked, answered = _tokens(body), max(1, len(json.dumps(list(reply.parts))) // 4)
    return {
        "candidates": [candidate],
        "usageMetadata": {
            "promptTokenCount": asked,
            "candidatesTokenCount": answered,
            "totalTokenCount": asked + answered,
        },
        "modelVersion": model,
    }


def _pieces(reply: Reply) -> Iterator[Reply]:
    """A text in chunks of a few words, the finish reason with the last; other parts whole."""
    texts = [part["text"] for part in reply.parts if set(part) == {"text"}]
    if len(texts) != len(reply.parts) or not texts:
        yield reply
        return
    words = re.findall(r"\S+\s*|\s+", "".join(texts)) or [""]
    chunks = ["".join(words[i : i + 3]) for i in range(0, len(words), 3)]
    for at, chunk in enumerate(chunks):
        yield Reply.text(chunk, finish_reason=reply.finish_reason if at == len(chunks) - 1 else "")


def _tokens(body: Body) -> int:
    """About four characters a token, as the documentation says."""
    return max(1, len(json.dumps(body.get("contents", []))) // 4)
