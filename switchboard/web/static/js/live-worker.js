// One event stream for all tabs of this browser; every tab hears every notice.

const ports = new Set();
let source = null;

function tell(message) {
  for (const port of ports) port.postMessage(message);
}

function open(address) {
  if (source && source.readyState !== EventSource.CLOSED) return;
  source = new EventSource(address);
  source.addEventListener("open", () => tell({ state: "open" }));
  source.addEventListener("topics", (event) => tell({ topics: JSON.parse(event.data) }));
  source.addEventListener("error", () => {
    tell({ state: "lost" });
    // The browser retries by itself unless the server refused for good.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => open(address), 5000);
  });
}

self.addEventListener("connect", (event) => {
  const port = event.ports[0];
  ports.add(port);
  port.addEventListener("message", ({ data }) => {
    if (data.leave) {
      ports.delete(port);
      if (!ports.size && source) {
        source.close();
        source = null;
      }
    } else {
      open(data.address);
      port.postMessage({ state: source.readyState === EventSource.OPEN ? "open" : "waiting" });
    }
  });
  port.start();
});
