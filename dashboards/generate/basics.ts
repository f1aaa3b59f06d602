/** basics: what all kinds of panel have in common: what it says of itself, its queries, thresholds, links. */
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import {
  FieldColorBuilder,
  FieldColorModeId,
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { type CellLink, asDataLink } from './links.ts'
import { COLOURS, called } from './palette.ts'

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

/** One colour, whatever the value. */
export function fixed(colour: string): FieldColorBuilder {
  return new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(colour)
}
