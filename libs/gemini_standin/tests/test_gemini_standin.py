"""The stand-in speaks as google-genai expects, and fails as asked."""

import pytest
from google import genai
from google.genai import errors, types

from gemini_standin import GeminiStandin, Misbehaviour, Reply


def client_of(standin: GeminiStandin) -> genai.Client:
    options = types.HttpOptions(base_url=standin.url, api_version="v1beta", timeout=2_000)
    return genai.Client(api_key="any", vertexai=False, http_options=options)


def test_generates_and_records_what_it_was_asked():
    with GeminiStandin() as standin:
        client = client_of(standin)
        answer = client.models.generate_content(model="gemini-2.5-flash", contents="hello there")
        assert answer.text == "You said: hello there"
        assert answer.usage_metadata is not None
        assert answer.usage_metadata.total_token_count
        request = standin.requests[0]
        assert (request.model, request.method) == ("gemini-2.5-flash", "generateContent")
        assert request.texts == ["hello there"]
        assert request.headers["x-goog-api-key"] == "any"


def test_streams_the_same_text_in_pieces():
    with GeminiStandin() as standin:
        standin.brain = lambda _: Reply.text("one two three four five six seven")
        client = client_of(standin)
        chunks = list(client.models.generate_content_stream(model="m", contents="go"))
        assert len(chunks) > 1
        assert "".join(c.text or "" for c in chunks) == "one two three four five six seven"


def test_counts_tokens():
    with GeminiStandin() as standin:
        client = client_of(standin)
        assert client.models.count_tokens(model="m", contents="a few words").total_tokens


@pytest.mark.parametrize(
    ("how", "code"),
    [
        (Misbehaviour.RATE_LIMITED, 429),
        (Misbehaviour.SERVER_ERROR, 500),
        (Misbehaviour.UNAVAILABLE, 503),
    ],
)
def test_errors_have_the_code_of_the_real_api_and_then_it_behaves_again(how, code):
    with GeminiStandin() as standin:
        client = client_of(standin)
        standin.misbehave(how, times=1)
        with pytest.raises(errors.APIError) as caught:
            client.models.generate_content(model="m", contents="x")
        assert caught.value.code == code
        assert client.models.generate_content(model="m", contents="x").text


@pytest.mark.parametrize(
    "how",
    [Misbehaviour.CUT_OFF, Misbehaviour.RESET, Misbehaviour.NOT_JSON, Misbehaviour.SLOW],
)
def test_broken_answers_raise_in_the_client(how):
    with GeminiStandin() as standin:
        client = client_of(standin)
        standin.misbehave(how)
        with pytest.raises(Exception):  # noqa: B017 - what is raised is the transport's own
            client.models.generate_content(model="m", contents="x")


def test_a_blocked_prompt_has_no_candidate():
    with GeminiStandin() as standin:
        client = client_of(standin)
        standin.misbehave(Misbehaviour.BLOCKED)
        answer = client.models.generate_content(model="m", contents="x")
        assert answer.text is None
        assert answer.prompt_feedback is not None


def test_a_function_call_must_come_back_with_its_signature():
    call = Reply.function_call("total", {"month": "10"}, call_id="c1", signature="c2ln")
    with GeminiStandin(brain=lambda _: call) as standin:
        client = client_of(standin)
        answer = client.models.generate_content(model="m", contents="how much?")
        assert answer.function_calls is not None
        assert answer.function_calls[0].name == "total"
        stripped = types.Content(
            role="model", parts=[types.Part(function_call=answer.function_calls[0])]
        )
        with pytest.raises(errors.ClientError) as caught:
            client.models.generate_content(model="m", contents=["how much?", stripped])
        assert caught.value.code == 400


def test_without_a_key_nobody_is_answered():
    import urllib.error
    import urllib.request

    with GeminiStandin() as standin:
        request = urllib.request.Request(
            f"{standin.url}/v1beta/models/m:generateContent", data=b'{"contents":[{}]}'
        )
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request)
        assert caught.value.code == 403
