"""The sample shop: set up through the product's own verbs, with its people and one broadcast on its way."""

import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING

from switchboard.broadcasts import actions as broadcast_actions
from switchboard.broadcasts import queries as broadcast_queries
from switchboard.cli.demo import answers, picture, scenery
from switchboard.cli.demo.control import EmulatorControl
from switchboard.cli.demo.display import Display
from switchboard.contacts import actions as contact_actions
from switchboard.contacts import queries as contact_queries
from switchboard.contacts import sample
from switchboard.conversations import actions as conversation_actions
from switchboard.core import clock
from switchboard.core.errors import Unavailable
from switchboard.core.tenancy import workspace_scope
from switchboard.numbers import actions as number_actions
from switchboard.numbers import fleet
from switchboard.replies import actions as reply_actions
from switchboard.team import actions as team_actions
from switchboard.templates import actions as template_actions

if TYPE_CHECKING:
    from switchboard.cli.demo.stage import Wish

EMAIL = "olive@example.com"
# One in so many people writes STOP just as the broadcast starts, so that promise 2 is put to the test.
_EARLY_STOP_EVERY = 250


class Shop:
    """A workspace of its own for one run; `started` is the moment of its broadcast, by the monotonic clock."""

    def __init__(
        self, wish: "Wish", home: Path, display: Display, control: EmulatorControl, *, gateway_port: int
    ) -> None:
        self.wish = wish
        self.home = home
        self.display = display
        self.control = control
        self.gateway_port = gateway_port
        self.password = secrets.token_urlsafe(9)
        self.workspace_id = 0
        self.broadcast_id = 0
        self.started = 0.0

    def open(self) -> None:
        """Make the shop, bring its people in, start the broadcast."""
        self.control.wait_until_ready()
        self.display.step(f"A fresh workspace: {scenery.WORKSPACE_NAME}", self._make_workspace)
        self.display.step(
            f"{self.wish.number_count} numbers connected, templates read from the Cloud API", self._connect
        )
        self.display.step("Automatic answers published in three languages", self._publish_answers)
        import_id = self.display.step("Contacts file uploaded", self._upload)
        self.display.step("Contacts imported", lambda: self._wait_for_import(import_id))
        self._tell_import(import_id)
        self.display.step("Broadcast started", lambda: self._start(import_id))
        stops = self._send_early_stops()
        if stops:
            self.display.say(f"  {stops} people write STOP at this very moment, in three languages")

    def _make_workspace(self) -> None:
        now = clock.now()
        workspace = team_actions.create_workspace(
            name=scenery.WORKSPACE_NAME,
            time_zone=scenery.WORKSPACE_ZONE,
            language="ja",
            country=scenery.WORKSPACE_COUNTRY,
            is_sample=True,
            now=now,
        )
        self.workspace_id = workspace.pk
        user = team_actions.ensure_user(email=EMAIL, password=self.password, name="Olive")
        with workspace_scope(self.workspace_id):
            team_actions.add_member(workspace_id=self.workspace_id, user_id=user.pk, role="owner", now=now)

    def _connect(self) -> None:
        scene = scenery.build_scenery(self.wish.number_count, self.workspace_id)
        self.control.post("setup", scene.build_setup(f"http://127.0.0.1:{self.gateway_port}/webhooks/{scene.app_id}"))
        with workspace_scope(self.workspace_id):
            app = number_actions.connect_app(
                workspace_id=self.workspace_id,
                meta_id=scene.app_id,
                name="Olive's app",
                secret=scene.app_secret,
                verify_token=scene.verify_token,
            )
            portfolios = {
                one["id"]: number_actions.connect_portfolio(
                    workspace_id=self.workspace_id, meta_id=one["id"], name=one["name"]
                ).pk
                for one in scene.portfolios
            }
            accounts = [
                number_actions.connect_account(
                    workspace_id=self.workspace_id,
                    app_id=app.pk,
                    portfolio_id=portfolios[one["portfolio_id"]],
                    meta_id=one["id"],
                    name=one["name"],
                    token=scene.token,
                ).pk
                for one in scene.accounts
            ]
        for account_id in accounts:
            number_actions.sync_account(workspace_id=self.workspace_id, account_id=account_id, now=clock.now())
            template_actions.sync_templates(workspace_id=self.workspace_id, account_id=account_id, now=clock.now())
        with workspace_scope(self.workspace_id):
            for number in fleet.list_numbers(self.workspace_id):
                number_actions.set_pace(workspace_id=self.workspace_id, number_id=number.pk, pace="full")

    def _publish_answers(self) -> None:
        now, by = clock.now(), f"user:{EMAIL}"
        with workspace_scope(self.workspace_id):
            conversation_actions.set_hours(
                workspace_id=self.workspace_id, zone=scenery.WORKSPACE_ZONE, week=answers.HOURS
            )
            reply_actions.add_coupons(
                workspace_id=self.workspace_id, pool_name=answers.COUPON_POOL, codes=answers.COUPONS
            )
            for rule in answers.build_rules():
                reply_actions.save_rule(workspace_id=self.workspace_id, draft=rule, by=by, now=now)
            reply_actions.publish(workspace_id=self.workspace_id, by=by, now=now)

    def _upload(self) -> int:
        path = self.wish.contacts_file or self._write_sample()
        with workspace_scope(self.workspace_id), path.open("rb") as file:
            job = contact_actions.create_import(
                workspace_id=self.workspace_id, file=file, file_name=path.name, now=clock.now()
            )
            contact_actions.change_import(
                workspace_id=self.workspace_id,
                import_id=job.pk,
                consent=contact_actions.ConsentGiven(
                    category="marketing",
                    basis="opt_in",
                    source="Sample shop's sign-up form",
                    wording="Yes, send me offers on WhatsApp.",
                ),
            )
            contact_actions.start_import(workspace_id=self.workspace_id, import_id=job.pk, now=clock.now())
        return job.pk

    def _write_sample(self) -> Path:
        path = self.home / "demo" / "contacts.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.wish.recipients is None:
            sample.write_sample(path, seed=self.wish.seed)
        else:
            sample.write_sample(path, people=self.wish.recipients, seed=self.wish.seed)
        return path

    def _wait_for_import(self, import_id: int) -> None:
        deadline = time.monotonic() + 600
        while time.monotonic() < deadline:
            with workspace_scope(self.workspace_id):
                job = contact_queries.get_import(self.workspace_id, import_id)
            if job.state == "done":
                return
            if job.state in {"failed", "stopped"}:
                raise Unavailable(f"The import did not finish: {job.error or job.state}")
            time.sleep(0.1)
        raise Unavailable("The worker does not import the contacts. Look into the log of the worker.")

    def _tell_import(self, import_id: int) -> None:
        with workspace_scope(self.workspace_id):
            job = contact_queries.get_import(self.workspace_id, import_id)
        self.display.say(
            f"  {job.row_count:,} rows: {job.created_count:,} created, {job.updated_count:,} updated, "
            f"{job.skipped_count:,} skipped, {job.failed_count:,} failed"
        )
        for outcome, reasons in job.reasons.items():
            for reason, count in sorted(reasons.items(), key=lambda item: -item[1]):
                self.display.say(f"    [dim]{outcome}, {reason.replace('_', ' ')}: {count:,}[/]")

    def _start(self, import_id: int) -> None:
        now = clock.now()
        with workspace_scope(self.workspace_id):
            asset = template_actions.add_asset(
                workspace_id=self.workspace_id,
                file_name="autumn.jpg",
                content=picture.draw_offer_picture(),
                now=now,
            )
            broadcast = broadcast_actions.save_draft(
                workspace_id=self.workspace_id,
                now=now,
                name="Autumn olive festival",
                template_name=scenery.OFFER,
                template_language="ja",
                audience={"import_id": import_id},
                variables={
                    "body:1": {"source": "name", "fallbacks": scenery.UNKNOWN_NAME},
                    "body:2": {"source": self._town_source(), "fallbacks": scenery.UNKNOWN_TOWN},
                },
                header_asset_id=asset.pk,
                number_ids=[number.pk for number in fleet.list_numbers(self.workspace_id)],
                pace=self.wish.pace,
            )
            broadcast_actions.start_broadcast(workspace_id=self.workspace_id, broadcast_id=broadcast.pk, now=now)
        self.broadcast_id = broadcast.pk
        self.started = time.monotonic()

    def _town_source(self) -> str:
        keys = contact_queries.list_field_keys(self.workspace_id)
        town = next((key for key in keys if key.lower() in scenery.TOWN_KEYS), None)
        return f"field:{town}" if town else "country"

    def _send_early_stops(self) -> int:
        """Let some people write STOP now, in their own language, before or while their message is on its way."""
        with workspace_scope(self.workspace_id):
            number = fleet.list_numbers(self.workspace_id)[0]
            page = broadcast_queries.list_recipients(self.workspace_id, self.broadcast_id, limit=100_000)
        people = [line.phone for line in page.lines if line.phone][_EARLY_STOP_EVERY // 2 :: _EARLY_STOP_EVERY]
        for turn, phone in enumerate(people):
            text = scenery.STOP_TEXTS[turn % len(scenery.STOP_TEXTS)]
            self.control.post("inbound", {"from": phone, "phone_number_id": number.meta_id, "text": text})
        return len(people)
