"""The commands an operator uses by hand, run as they are typed."""

import json
import os
import subprocess
import sys

import psycopg
import pytest


@pytest.fixture
def run(database, tmp_path):
    def switchboard(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "SWITCHBOARD_DATABASE_URL": database.url, "SWITCHBOARD_HOME": str(tmp_path), **settings}
        env.pop("DJANGO_SETTINGS_MODULE", None)
        return subprocess.run(
            [sys.executable, "-m", "switchboard", *words], env=env, capture_output=True, text=True, check=False
        )

    return switchboard


def fetch(database, sql):
    with psycopg.connect(database.conninfo("owner")) as connection:
        return connection.execute(sql).fetchall()


def add_olive(run):
    return run(
        "user",
        "add",
        "olive@example.com",
        "--workspace",
        "Olive",
        "--time-zone",
        "Asia/Tokyo",
        "--password",
        "a-long-password-7",
    )


def test_the_first_user_gets_a_workspace(run, database):
    answer = add_olive(run)
    assert answer.returncode == 0, answer.stderr
    assert "olive@example.com is owner of workspace 1" in answer.stdout
    assert fetch(database, "SELECT time_zone FROM team_workspace") == [("Asia/Tokyo",)]


def test_a_second_user_joins_the_workspace_by_its_name(run, database):
    add_olive(run)
    answer = run(
        "user", "add", "amir@example.com", "--workspace", "Olive", "--role", "agent", "--password", "another-password-8"
    )
    assert answer.returncode == 0, answer.stderr
    assert fetch(database, "SELECT count(*) FROM team_workspace") == [(1,)]


def test_a_time_zone_that_does_not_exist_is_refused_in_one_sentence(run):
    answer = run(
        "user", "add", "o@example.com", "--workspace", "X", "--time-zone", "Tokyo", "--password", "a-long-password-7"
    )
    assert answer.returncode == 2
    assert answer.stderr.count("\n") == 1
    assert "Asia/Tokyo" in answer.stderr


def test_stop_and_resume_turn_the_switch_of_the_installation(run, database):
    assert "switchboard resume" in run("stop").stdout
    assert fetch(database, "SELECT workspace_id, is_on FROM delivery_stopswitch") == [(0, True)]
    assert run("resume").returncode == 0
    assert fetch(database, "SELECT is_on FROM delivery_stopswitch") == [(False,)]


def test_doctor_says_what_to_start(run):
    answer = run("doctor", "--json")
    told = json.loads(answer.stdout.splitlines()[-1])
    by_name = {finding["name"]: finding for finding in told["findings"]}
    assert answer.returncode == 1
    assert not told["healthy"]
    assert by_name["migrations"]["light"] == by_name["partitions"]["light"] == "green"
    assert "switchboard sender" in by_name["sender"]["advice"]


def test_doctor_names_a_database_that_does_not_answer(run):
    answer = run("doctor", SWITCHBOARD_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert answer.returncode == 1
    assert "PostgreSQL cannot be reached" in answer.stdout


def test_the_ledger_of_a_broadcast_that_is_not_there_is_refused(run):
    answer = run("ledger", "99")
    assert answer.returncode == 2
    assert "does not exist" in answer.stderr


def test_why_of_a_message_that_is_not_there_is_refused(run):
    answer = run("why", "0199f0c2-a4b7-7c1e-9d00-000000000001")
    assert answer.returncode == 2
    assert answer.stderr.startswith("Error: ")


def test_an_account_is_not_connected_while_meta_is_away(run):
    add_olive(run)
    answer = run(
        *("connect", "--workspace", "1", "--app-id", "1", "--account-id", "2", "--portfolio-id", "3"),
        *("--token", "t", "--app-secret", "s"),
        SWITCHBOARD_CLOUD_API_URL="http://127.0.0.1:1/v26.0",
    )
    assert answer.returncode == 2
    assert "cannot be reached" in answer.stderr


def test_the_stop_switch_of_a_workspace_that_is_not_there_is_refused(run):
    answer = run("stop", "--workspace", "7")
    assert answer.returncode == 2
    assert "no such workspace" in answer.stderr


def test_a_key_is_made_listed_and_revoked(run, database):
    add_olive(run)
    made = run("keys", "create", "Shop", "--workspace", "Olive", "--scope", "orders:write", "--days", "30", "--json")
    key = json.loads(made.stdout.splitlines()[-1])
    assert (key["state"], key["scopes"], key["secret"][:12]) == ("works", ["orders:write"], key["prefix"])
    listed = run("keys", "list", "--workspace", "Olive").stdout
    assert key["prefix"] in listed
    assert key["secret"] not in listed
    assert "opens nothing" in run("keys", "revoke", str(key["id"]), "--workspace", "Olive").stdout
