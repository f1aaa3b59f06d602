/** panels: the kinds of panel the dashboards are made of. Colours come from the palette: Grafana's own are not made for the colour-blind. */
import * as common from '@grafana/grafana-foundation-sdk/common'
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard'
import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge'
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap'
import * as stat from '@grafana/grafana-foundation-sdk/stat'
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline'
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries'
import { type About, type PanelBuilder, basics, fixed } from './basics.ts'
import { COLOURS, type Codes, codeMappings } from './palette.ts'

/** Of the curves that `quantiles` asks for. */
export const QUANTILE_COLOURS = { median: COLOURS.blue, '99 of 100': COLOURS.orange }

/** Bars of time in the colour of the state that held. */
export function stateTimeline(about: About, codes: Codes): PanelBuilder {
  return basics(new statetimeline.PanelBuilder(), about)
    .mappings(codeMappings(codes))
    .colorScheme(fixed(COLOURS.grey))
    .showValue(common.VisibilityMode.Never)
    .mergeValues(true)
    .rowHeight(0.85)
    .perPage(24)
    .fillOpacity(90)
    .lineWidth(0)
    .legend(legend())
    .tooltip(tooltip(common.TooltipDisplayMode.Single))
}

/** Curves. @param colours of series by the names their legends give them; others are shades of blue */
export function curves(
  about: About,
  colours: Readonly<Record<string, string>> = {},
): timeseries.PanelBuilder {
  const panel = basics(new timeseries.PanelBuilder(), about)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Shades).fixedColor(COLOURS.blue))
    .drawStyle(common.GraphDrawStyle.Line)
    .lineWidth(2)
    .fillOpacity(0)
    .showPoints(common.VisibilityMode.Auto)
    .spanNulls(false)
    .legend(legend().calcs(['lastNotNull', 'max']).displayMode(common.LegendDisplayMode.Table))
    .tooltip(tooltip(common.TooltipDisplayMode.Multi))
    .min(0)
  if (about.steps !== undefined) {
    panel.thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed),
    )
  }
  return coloured(panel, colours)
}

/** Bars on top of each other, for counts. */
export function stacks(about: About, colours: Readonly<Record<string, string>>): timeseries.PanelBuilder {
  return curves(about, colours)
    .drawStyle(common.GraphDrawStyle.Bars)
    .lineWidth(0)
    .fillOpacity(85)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'))
}

/** Single points in time. */
export function points(about: About): timeseries.PanelBuilder {
  return curves(about)
    .drawStyle(common.GraphDrawStyle.Points)
    .showPoints(common.VisibilityMode.Always)
    .pointSize(8)
}

/** One big number, as it is at the end of the time shown. */
export function number(about: About): stat.PanelBuilder {
  return basics(new stat.PanelBuilder(), about)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.None)
    .textMode(common.BigValueTextMode.Auto)
    .reduceOptions(last())
}

/** Lying bars, one for each series. */
export function bars(about: About, colour: string): bargauge.PanelBuilder {
  return basics(new bargauge.PanelBuilder(), about)
    .colorScheme(fixed(colour))
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .orientation(common.VizOrientation.Horizontal)
    .reduceOptions(last())
    .min(0)
}

/** How many of a histogram's observations fell where and when. */
export function heat(about: About, colour: string): heatmap.PanelBuilder {
  return basics(new heatmap.PanelBuilder(), about)
    .calculate(false)
    .color(
      new heatmap.HeatmapColorOptionsBuilder()
        .mode(heatmap.HeatmapColorMode.Opacity)
        .fill(colour)
        .scale(heatmap.HeatmapColorScale.Exponential)
        .exponent(0.5),
    )
    .yAxis(new heatmap.YAxisConfigBuilder().unit(about.unit))
    .exemplarsColor(COLOURS.orange)
    .cellGap(1)
    .showLegend()
}

function coloured(
  panel: timeseries.PanelBuilder,
  colours: Readonly<Record<string, string>>,
): timeseries.PanelBuilder {
  for (const [name, colour] of Object.entries(colours)) {
    panel.overrideByName(name, [{ id: 'color', value: { mode: 'fixed', fixedColor: colour } }])
  }
  return panel
}

function legend(): common.VizLegendOptionsBuilder {
  return new common.VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(common.LegendDisplayMode.List)
    .placement(common.LegendPlacement.Bottom)
    .calcs([])
}

function tooltip(mode: common.TooltipDisplayMode): common.VizTooltipOptionsBuilder {
  return new common.VizTooltipOptionsBuilder().mode(mode).sort(common.SortOrder.Descending)
}

function last(): common.ReduceDataOptionsBuilder {
  return new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false)
}
