/** variables: what a reader may choose. Each list comes from the metrics. */
import {
  CustomVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { OUTCOMES } from '../../src/model/verdict.ts'
import { PROMETHEUS } from './sources.ts'

const EVERYTHING = { text: ['All'], value: ['$__all'] }

/** Countries there are vantages in. @param only label matchers of `didbon_vantage_info` */
export function countries(...only: string[]): QueryVariableBuilder {
  return many('country', 'Country', `label_values(${vantagesWith(only)}, country)`)
}

/** Vantages in the countries chosen. @param only further label matchers of `didbon_vantage_info` */
export function vantages(...only: string[]): QueryVariableBuilder {
  return many(
    'vantage',
    'Vantage',
    `label_values(${vantagesWith(['country=~"$country"', ...only])}, vantage)`,
  )
}

export function services(): QueryVariableBuilder {
  return many('service', 'Service', 'label_values(didbon_service_state, service)')
}

/** One service and no more: the API answers about one at a time. */
export function oneService(): QueryVariableBuilder {
  return fromMetrics('service', 'Service', 'label_values(didbon_service_state, service)')
}

/** One country. */
export function oneCountry(): QueryVariableBuilder {
  return fromMetrics('country', 'Country', 'label_values(didbon_vantage_info{role="probe"}, country)')
}

/** Outcome of the measurements a table lists; the API answers about one at a time. */
export function outcome(): CustomVariableBuilder {
  const words = ['anomaly', ...OUTCOMES.filter((word) => word !== 'anomaly')]
  return new CustomVariableBuilder('outcome')
    .label('Measurements listed')
    .values(words.join(','))
    .current({ text: words[0]!, value: words[0]! })
    .options(words.map((word, i) => ({ text: word, value: word, selected: i === 0 })))
}

function vantagesWith(matchers: readonly string[]): string {
  return matchers.length === 0 ? 'didbon_vantage_info' : `didbon_vantage_info{${matchers.join(',')}}`
}

function many(name: string, label: string, query: string): QueryVariableBuilder {
  return fromMetrics(name, label, query).multi(true).includeAll(true).current(EVERYTHING)
}

function fromMetrics(name: string, label: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(PROMETHEUS)
    .query({ qryType: 1, query, refId: `${name}-variable` })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
}
