/**
 * infinity: questions to didbon's REST API through the Infinity data source.
 *
 * Selectors are plain paths that its backend parser takes as they are: keys and positions with dots between. Columns keep the
 * names they have in the answer; `table.ts` gives them better ones.
 */
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import { API } from './sources.ts'

export interface ApiColumn {
  readonly selector: string
  readonly type: 'string' | 'number' | 'boolean' | 'timestamp'
}

/** Restricts a question to the dashboard's time. */
export const IN_RANGE = 'since=${__from:date:iso}&until=${__to:date:iso}'
/** The most rows the API gives at once. */
export const ALL_ROWS = 'limit=1000'

/** A query of the Infinity plugin, as far as it is used here. */
export interface ApiQuery extends Dataquery {
  readonly datasource: typeof API
  readonly refId: string
  readonly type: 'json' | 'csv'
  readonly source: 'url'
  readonly parser: 'backend'
  readonly format: 'table' | 'dataframe'
  readonly url: string
  readonly url_options: { readonly method: 'GET'; readonly data: string }
  readonly root_selector: string
  readonly columns: readonly (ApiColumn & { readonly text: string })[]
  readonly filters: readonly never[]
  readonly csv_options?: { readonly delimiter: string }
}

export class ApiQueryBuilder implements Builder<Dataquery> {
  #query: ApiQuery

  constructor(query: Pick<ApiQuery, 'type' | 'url' | 'root_selector'>, columns: readonly ApiColumn[]) {
    this.#query = {
      _implementsDataqueryVariant() {},
      datasource: API,
      refId: 'A',
      source: 'url',
      parser: 'backend',
      format: 'table',
      url_options: { method: 'GET', data: '' },
      columns: columns.map(({ selector, type }) => ({ selector, text: selector, type })),
      filters: [],
      ...query,
    }
  }

  refId(refId: string): this {
    this.#query = { ...this.#query, refId }
    return this
  }

  /** Annotations want a data frame. */
  frame(): this {
    this.#query = { ...this.#query, format: 'dataframe' }
    return this
  }

  build(): ApiQuery {
    return this.#query
  }
}

/** A JSON answer. @param root where the list of rows stands in it */
export function fromJson(path: string, root: string, columns: readonly ApiColumn[]): ApiQueryBuilder {
  return new ApiQueryBuilder({ type: 'json', url: `/api/v1/${path}`, root_selector: root }, columns)
}

/** The same as CSV, where lists are words with semicolons between and pairs of times are two columns. */
export function fromCsv(path: string, columns: readonly ApiColumn[]): ApiQueryBuilder {
  const url = `/api/v1/${path}${path.includes('?') ? '&' : '?'}format=csv`
  const query = { type: 'csv', url, root_selector: '', csv_options: { delimiter: ',' } } as const
  return new ApiQueryBuilder(query, columns)
}
