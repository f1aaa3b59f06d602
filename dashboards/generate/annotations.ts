/** annotations: what happened, drawn over the curves: incidents measured and reported, and events that may have set them off. */
import {
  AnnotationEventFieldMappingBuilder,
  AnnotationEventFieldSource,
  AnnotationQueryBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { ALL_ROWS, IN_RANGE, fromCsv } from './infinity.ts'
import { COLOURS } from './palette.ts'
import { API } from './sources.ts'

/** Incidents this lookout measured. */
export function measuredIncidents(): AnnotationQueryBuilder {
  return incidents('Incidents measured here', 'measured', COLOURS.vermillion, 'mechanisms')
}

/** Incidents others reported; drawn otherwise, since nobody here measured them. */
export function reportedIncidents(): AnnotationQueryBuilder {
  return incidents('Incidents reported by others', 'reported', COLOURS.reddishPurple, 'modes')
}

/** Documented events that an outage may have followed. */
export function triggerEvents(): AnnotationQueryBuilder {
  return annotation('Documented events', COLOURS.blue, {
    query: `events?role=trigger&${ALL_ROWS}&${IN_RANGE}`,
    time: 'at.earliest',
    timeEnd: 'at.latest',
    text: 'title',
    tags: 'kind',
  })
}

function incidents(name: string, kind: string, colour: string, tags: string): AnnotationQueryBuilder {
  return annotation(name, colour, {
    query: `incidents?kind=${kind}&${ALL_ROWS}&${IN_RANGE}`,
    time: 'onsetBefore',
    timeEnd: 'endBefore',
    text: 'services',
    tags,
  })
}

interface Shape {
  readonly query: string
  readonly time: string
  readonly timeEnd: string
  readonly text: string
  readonly tags: string
}

function annotation(name: string, colour: string, shape: Shape): AnnotationQueryBuilder {
  const { query, time, timeEnd, text, tags } = shape
  const columns = [
    { selector: time, type: 'timestamp' },
    { selector: timeEnd, type: 'timestamp' },
    { selector: text, type: 'string' },
    { selector: tags, type: 'string' },
    { selector: 'id', type: 'string' },
  ] as const
  const field = (value: string) =>
    new AnnotationEventFieldMappingBuilder().source(AnnotationEventFieldSource.Field).value(value)
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(API)
    .enable(true)
    .iconColor(colour)
    .target(fromCsv(query, columns).refId('Anno').frame())
    .mappings({
      time: field(time),
      timeEnd: field(timeEnd),
      title: field('id'),
      text: field(text),
      tags: field(tags),
    })
}
