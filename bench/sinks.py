"""Stand-ins for Meta that cost next to nothing: nginx with a fixed answer, and one that takes its time and errs."""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# Only the id differs from answer to answer, as Meta's do.
_CONF = """
daemon off;
worker_processes 1;
user root;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    keepalive_requests 1000000000; keepalive_timeout 300s;
    server {{
        listen 127.0.0.1:{port}{ssl};
        {certificate}
        default_type application/json;
        location / {{
            return 200 '{{"messaging_product":"whatsapp","contacts":[{{"input":"8190","wa_id":"8190"}}],"messages":[{{"id":"wamid.$request_id","message_status":"accepted"}}]}}';
        }}
    }}
}}
"""


def find_nginx() -> str | None:
    """Return nginx's path."""
    return shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def opened_nginx(*, with_tls: bool = False) -> Iterator[tuple[str, Path | None]]:
    """Run nginx; gives its address and, with TLS, the file that vouches for it."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="switchboard-sink-") as name:
        folder = Path(name)
        certificate = _make_certificate(folder) if with_tls else None
        lines = f"ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;" if with_tls else ""
        conf = _CONF.format(folder=folder, port=port, ssl=" ssl" if with_tls else "", certificate=lines)
        (folder / "nginx.conf").write_text(conf, encoding="utf-8")
        command = [find_nginx() or "nginx", "-p", name, "-c", f"{name}/nginx.conf"]
        with _running(command, port):
            yield f"{'https' if with_tls else 'http'}://127.0.0.1:{port}", certificate


@contextmanager
def opened_slow_sink(*, seconds: float, error_share: float) -> Iterator[str]:
    """Run a sink that answers after a while, and refuses some."""
    port = free_port()
    with _running([sys.executable, "-m", "bench.slow_sink", str(port), str(seconds), str(error_share)], port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603  nginx, or our own module
    try:
        wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(10)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a process accepts connections.

    :raises RuntimeError: it does not start.
    """
    until = time.monotonic() + 15
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"The sink on port {port} does not start.")


def _make_certificate(folder: Path) -> Path:
    """Write a key and a certificate for this machine that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "switchboard bench")])
    now = datetime.now(UTC)  # noqa: TID251  a benchmark's own clock
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    certificate = builder.sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return folder / "cert.pem"
