"""The service as a process: it starts, answers, checks its books and leaves when asked."""

import asyncio
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import grpc

from kit.caller import use_caller
from kit.grpc.client import open_channel
from kit.ids import new_id
from kit.testing import SECRET, wait_until
from kit.tokens import ServiceTokens
from pfa.ledger.v1 import account_pb2, ledger_pb2
from pfa.ledger.v1.ledger_pb2_grpc import LedgerServiceStub
from pfa_local import ports


async def test_it_serves_checks_its_books_and_ends_when_told(
    mongo_server: Any, kafka_server: Any, mongo_database: str, tmp_path: Path
):
    grpc_port, ops_port = ports.anywhere(), ports.anywhere()
    environment = {
        **os.environ,
        "APP_ENV": "test",
        "JWT_SECRET": SECRET,
        "MONGODB_URI": mongo_server.uri,
        "MONGODB_DATABASE": mongo_database,
        "KAFKA_BOOTSTRAP_SERVERS": kafka_server.bootstrap_servers,
        "LISTEN_HOST": "127.0.0.1",
        "GRPC_PORT": str(grpc_port),
        "OPS_PORT": str(ops_port),
    }
    command = [sys.executable, "-m", "ledger"]
    log = (tmp_path / "ledger.log").open("wb")
    process = subprocess.Popen(command, env=environment, stderr=log)
    try:
        await wait_until(lambda: healthy(process, ops_port), deadline=60)
        async with open_channel(f"127.0.0.1:{grpc_port}", name="ledger") as channel:
            with use_caller(ServiceTokens(SECRET, service="ingest").caller(owner=new_id())):
                request = ledger_pb2.CreateAccountRequest(
                    name="Main", type=account_pb2.ACCOUNT_TYPE_CASH, currency="EUR"
                )
                request.opening_balance.minor_units = 100
                request.opening_balance.currency = "EUR"
                await wait_until(lambda: answers(LedgerServiceStub(channel)), deadline=30)
                answer = await LedgerServiceStub(channel).CreateAccount(request)
    finally:
        process.terminate()
    checked = await asyncio.to_thread(
        subprocess.run, [*command, "check"], env=environment, capture_output=True, text=True
    )

    assert answer.account.balance.minor_units == 100
    assert await asyncio.to_thread(process.wait, 30) == 0
    assert checked.returncode == 0, checked.stderr
    counted = dict(reversed(line.split()) for line in checked.stdout.splitlines())
    # One opening balance, told once; what is counted from it is as it should be.
    once = ("books", "entries", "events")
    assert [counted[what] for what in once] == ["1", "1", "1"]
    assert counted["differences"] == "0"


async def healthy(process: subprocess.Popen, port: int) -> bool:
    assert process.poll() is None, "the process has ended"
    try:
        url = f"http://127.0.0.1:{port}/health"
        response = await asyncio.to_thread(urllib.request.urlopen, url, timeout=2)
    except OSError:
        return False
    return bool(response.status == 200)


async def answers(stub: LedgerServiceStub) -> bool:
    try:
        await stub.ListAccounts(ledger_pb2.ListAccountsRequest())
    except grpc.aio.AioRpcError:
        return False
    return True
