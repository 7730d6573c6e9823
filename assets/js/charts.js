// Draws the house's chart descriptions with ECharts in the colours of the tokens.
import * as echarts from "echarts/core";
import { BarChart, HeatmapChart, LineChart, PieChart } from "echarts/charts";
import { AriaComponent, DatasetComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import langEN from "echarts/lib/i18n/langEN.js";
import langZH from "echarts/lib/i18n/langZH.js";

echarts.use([BarChart, HeatmapChart, LineChart, PieChart, AriaComponent, DatasetComponent, GridComponent, LegendComponent,
  MarkLineComponent, TooltipComponent, VisualMapComponent, LabelLayout, SVGRenderer]);
echarts.registerLocale("ZH", langZH);
echarts.registerLocale("EN", langEN);

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--ck-${name}`).trim();
const round = (value, places) => (value === null || value === undefined || value === "-" ? "–" : Number(value).toLocaleString(undefined, { maximumFractionDigits: places ?? 2 }));

function palette() {
  return {
    ink: token("ink"), mute: token("ink-3"), grid: token("chart-grid"), surface: token("surface"),
    series: ["chart-1", "chart-2", "chart-3", "chart-4", "chart-5", "chart-6"].map(token),
    tones: { done: token("done-solid"), wait: token("wait-solid"), late: token("late-solid"), block: token("block-solid"), mute: token("chart-2"), accent: token("chart-1") },
    heat: [0, 1, 2, 3, 4].map((step) => token(`heat-${step}`)),
  };
}

// Markup with style attributes is forbidden by the content policy, so the tip is built of elements.
function tip(spec) {
  return (points) => {
    const box = document.createElement("div");
    const all = Array.isArray(points) ? points : [points];
    const head = document.createElement("b");
    head.textContent = spec.kind === "heat" ? `${spec.rows[all[0].value[1]]} · ${spec.labels[all[0].value[0]]}` : all[0].axisValueLabel ?? all[0].name;
    box.append(head);
    for (const point of all) {
      const value = spec.kind === "heat" ? point.value[2] : point.value;
      const line = document.createElement("div");
      const name = document.createElement("span");
      name.textContent = spec.kind === "pie" || spec.kind === "heat" ? spec.unit || "" : point.seriesName;
      const figure = document.createElement("span");
      const unit = spec.series?.[point.seriesIndex]?.unit ?? spec.unit ?? "";
      figure.textContent = spec.kind === "pie" ? `${round(value)} · ${point.percent}%` : `${round(value)}${unit && spec.kind !== "heat" ? ` ${unit}` : ""}`;
      line.append(name, figure);
      box.append(line);
    }
    return box;
  };
}

function option(spec, width) {
  const look = palette();
  const text = { color: look.mute, fontFamily: token("font"), fontSize: 12 };
  const color = (series, at) => look.tones[series.tone] ?? look.series[at % look.series.length];
  const base = {
    animation: false,
    textStyle: { fontFamily: token("font"), color: look.mute },
    aria: { enabled: false },
    tooltip: {
      trigger: spec.kind === "pie" || spec.kind === "heat" ? "item" : "axis", formatter: tip(spec), className: "ck-charttip", confine: true, transitionDuration: 0,
      backgroundColor: look.surface, borderColor: token("line-strong"), borderWidth: 1, padding: 0, textStyle: { color: look.ink, fontSize: 12 }, extraCssText: "", position: undefined,
      axisPointer: { type: spec.kind === "line" ? "line" : "shadow", lineStyle: { color: token("line-control"), type: "dashed" }, shadowStyle: { color: token("hover"), opacity: 0.6 } },
    },
  };
  const many = (spec.series?.length ?? 0) > 1;
  if (spec.kind === "pie") {
    return { ...base, color: look.series, legend: { type: "scroll", orient: "vertical", right: 0, top: "middle", itemWidth: 10, itemHeight: 10, textStyle: text, icon: "roundRect" },
      series: [{ type: "pie", radius: ["52%", "78%"], center: ["32%", "50%"], itemStyle: { borderColor: look.surface, borderWidth: 2 }, label: { show: false },
        data: spec.labels.map((name, at) => ({ name, value: spec.series[0].values[at], itemStyle: { color: look.series[at % look.series.length] } })) }] };
  }
  const labels = { ...text, hideOverlap: true };
  const across = { type: "category", data: spec.labels, axisLine: { lineStyle: { color: token("line-strong") } }, axisTick: { show: false }, axisLabel: { ...labels, interval: "auto" }, boundaryGap: spec.kind !== "line" };
  if (spec.kind === "heat") {
    const values = spec.cells.flatMap((row, y) => row.map((value, x) => [x, y, value ?? "-"]));
    const top = spec.max ?? Math.max(1, ...spec.cells.flat().filter((value) => value !== null));
    return { ...base, grid: { left: 4, right: 4, top: 4, bottom: 4, outerBoundsMode: "same", containLabel: true },
      xAxis: { ...across, boundaryGap: true, splitArea: { show: false } },
      yAxis: { type: "category", data: spec.rows, inverse: true, axisLine: { show: false }, axisTick: { show: false }, axisLabel: labels },
      visualMap: { show: false, min: 0, max: top, inRange: { color: look.heat } },
      series: [{ type: "heatmap", data: values, itemStyle: { borderColor: look.surface, borderWidth: 2, borderRadius: 3 }, emphasis: { itemStyle: { borderColor: token("accent-ink"), borderWidth: 1 } },
        label: { show: width > 560 && spec.cells[0]?.length <= 24, fontSize: 11, color: look.ink, formatter: (point) => (point.value[2] === "-" ? "" : round(point.value[2])) } }] };
  }
  const value = (side = {}) => ({ type: "value", splitLine: { lineStyle: { color: look.grid } }, axisLabel: { ...labels, formatter: (each) => round(each) }, splitNumber: 4, ...side });
  const second = spec.series.some((series) => series.second);
  const sideways = spec.kind === "across";
  const axes = sideways
    ? { xAxis: value(), yAxis: { ...across, inverse: true, boundaryGap: true } }
    : { xAxis: across, yAxis: second ? [value(), value({ splitLine: { show: false }, ...(spec.second_max ? { max: spec.second_max, interval: spec.second_max / 4 } : {}) })] : value({ max: spec.max ?? undefined }) };
  return {
    ...base,
    ...axes,
    grid: { left: 4, right: sideways ? 16 : 4, top: many ? 34 : 10, bottom: 2, outerBoundsMode: "same", containLabel: true },
    legend: many ? { top: 0, left: 0, bottom: "auto", type: "scroll", itemWidth: 14, itemHeight: 8, itemGap: 16, textStyle: text, pageTextStyle: text } : { show: false },
    series: spec.series.map((series, at) => {
      const shade = color(series, at);
      const marks = series.marks ?? {};
      const data = series.values.map((each, index) => (marks[index] ? { value: each, itemStyle: { color: look.tones[marks[index]] } } : each));
      const shared = { name: series.name, data, color: shade, yAxisIndex: series.second ? 1 : 0, stack: series.stack ?? (spec.kind === "stacked" && series.type !== "line" ? "all" : undefined) };
      const target = series.target === null || series.target === undefined ? {} : { markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: look.mute, type: "dashed", width: 1 }, data: [{ yAxis: series.target }] } };
      if ((series.type ?? spec.kind) === "line") {
        return { ...shared, ...target, type: "line", showSymbol: series.values.length <= 1, symbol: "circle", symbolSize: 5, connectNulls: false,
          lineStyle: { width: series.dashed ? 1.5 : 1.75, type: series.dashed ? "dashed" : "solid" }, areaStyle: series.area ? { opacity: 0.12 } : undefined };
      }
      return { ...shared, ...target, type: "bar", barMaxWidth: 28, barCategoryGap: "36%", itemStyle: { borderRadius: spec.kind === "stacked" ? 0 : sideways ? [0, 2, 2, 0] : [2, 2, 0, 0] } };
    }),
  };
}

const drawn = new Set();

/** Draw the description held by the figure's data block; redraws on resize and theme. */
export function draw(figure) {
  const spec = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
  const place = figure.querySelector(".ck-figure__plot");
  const language = document.documentElement.lang.startsWith("zh") ? "ZH" : "EN";
  const chart = echarts.init(place, null, { renderer: "svg", locale: language });
  const paint = () => chart.setOption(option(spec, place.clientWidth), true);
  paint();
  drawn.add({ figure, paint });
  new ResizeObserver(() => {
    if (!place.isConnected) return chart.dispose();
    chart.resize();
    return undefined;
  }).observe(place);
}

new MutationObserver(() => {
  for (const each of drawn) {
    if (each.figure.isConnected) each.paint();
    else drawn.delete(each);
  }
}).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
