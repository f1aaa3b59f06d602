/**
 * panels: the kinds of panel the dashboards are made of. Each must say what it shows and in which unit; colours come from the
 * palette, since Grafana's own series of colours is not made for the colour-blind.
 */
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import * as common from '@grafana/grafana-foundation-sdk/common'
import {
  FieldColorBuilder,
  FieldColorModeId,
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard'
import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge'
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap'
import * as stat from '@grafana/grafana-foundation-sdk/stat'
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline'
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries'
import { type CellLink, asDataLink } from './links.ts'
import { COLOURS, type Codes, called, codeMappings } from './palette.ts'

/** Of the curves that `quantiles` asks for. */
export const QUANTILE_COLOURS = { median: COLOURS.blue, '99 of 100': COLOURS.orange }

/** The colour from each value on, in rising order; the first counts from the bottom. */
export type Steps = readonly (readonly [from: number, colour: string])[]

/** What every panel says of itself. */
export interface About {
  readonly title: string
  readonly description: string
  /** an id of Grafana's, such as `s` or `bytes`; `none` for a plain number or a word */
  readonly unit: string
  readonly targets: readonly Builder<Dataquery>[]
  /** where a click on a value leads */
  readonly links?: readonly CellLink[]
  readonly steps?: Steps
  /** what numbers are called */
  readonly words?: Readonly<Record<number, string>>
}

export type PanelBuilder = Builder<Panel>

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
    .legend(legend(true))
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
    .legend(legend(true).calcs(['lastNotNull', 'max']).displayMode(common.LegendDisplayMode.Table))
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

interface Common {
  title: (title: string) => this
  description: (description: string) => this
  unit: (unit: string) => this
  targets: (targets: Builder<Dataquery>[]) => this
  noValue: (text: string) => this
  thresholds: (thresholds: ThresholdsConfigBuilder) => this
  mappings: (mappings: ValueMapping[]) => this
  dataLinks: (links: ReturnType<typeof asDataLink>[]) => this
}

/** Puts what all kinds have in common into a panel. */
export function basics<Kind extends Common>(panel: Kind, about: About): Kind {
  panel
    .title(about.title)
    .description(about.description)
    .unit(about.unit)
    .targets([...about.targets])
    .noValue('no data')
    .thresholds(
      new ThresholdsConfigBuilder()
        .mode(ThresholdsMode.Absolute)
        .steps(thresholds(about.steps ?? [[0, COLOURS.blue]])),
    )
  if (about.words !== undefined) panel.mappings([called(about.words)])
  if (about.links !== undefined) panel.dataLinks(about.links.map(asDataLink))
  return panel
}

/** Steps as Grafana stores them. */
export function thresholds([lowest, ...others]: Steps): Threshold[] {
  return [{ value: null, color: lowest![1] }, ...others.map(([value, color]) => ({ value, color }))]
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

export function fixed(colour: string): FieldColorBuilder {
  return new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(colour)
}

function legend(shown: boolean): common.VizLegendOptionsBuilder {
  return new common.VizLegendOptionsBuilder()
    .showLegend(shown)
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
