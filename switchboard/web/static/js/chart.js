// Draws <div data-chart="TABLE-ID"> from the figures of the table with that id, and again when htmx brings new ones.

const charts = new WeakMap();

function colour(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

// A cell without a figure is a gap in the line, not a zero.
function figure(cell) {
  return cell.dataset.value === "" ? null : Number(cell.dataset.value);
}

function readTable(table) {
  const names = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
  const rows = [...table.tBodies[0].rows];
  return {
    labels: rows.map((row) => row.cells[0].textContent),
    series: names.map((name, place) => ({ name, values: rows.map((row) => figure(row.cells[place + 1])) })),
  };
}

function draw(holder) {
  const table = document.getElementById(holder.dataset.chart);
  if (!table || !window.echarts) return;
  const { labels, series } = readTable(table);
  const fills = ["--status-sent-fill", "--status-delivered-fill", "--status-read-fill"];
  const soft = colour("--sb-ink-soft");
  let chart = charts.get(holder);
  if (!chart) {
    chart = window.echarts.init(holder, null, { renderer: "canvas" });
    charts.set(holder, chart);
    new ResizeObserver(() => chart.resize()).observe(holder);
  }
  chart.setOption({
    animation: false,
    grid: { left: 8, right: 12, top: 28, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 4, textStyle: { color: soft } },
    tooltip: { trigger: "axis", backgroundColor: colour("--sb-raised"), borderColor: colour("--sb-line"), textStyle: { color: colour("--sb-ink") } },
    xAxis: { type: "category", data: labels, boundaryGap: labels.length < 2, axisLine: { lineStyle: { color: colour("--sb-line-strong") } }, axisLabel: { color: soft }, axisTick: { show: false } },
    yAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: colour("--sb-line") } }, axisLabel: { color: soft } },
    series: series.map(({ name, values }, place) => ({
      name, type: "line", data: values, smooth: 0.2, smoothMonotone: "x", symbol: "circle", symbolSize: 5, showSymbol: labels.length < 30,
      lineStyle: { width: 2 }, itemStyle: { color: colour(fills[place]) }, areaStyle: place ? undefined : { opacity: 0.12 },
    })),
  });
}

function drawAll() {
  for (const holder of document.querySelectorAll("[data-chart]")) draw(holder);
}

document.addEventListener("DOMContentLoaded", drawAll);
document.addEventListener("htmx:afterSettle", drawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
