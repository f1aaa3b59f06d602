/** sources: where the panels get their data, by the uids that provisioning/ gives them. */
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common'

export const PROMETHEUS: DataSourceRef = { type: 'prometheus', uid: 'didbon-prometheus' }
/** didbon's REST API, through the Infinity plugin. */
export const API: DataSourceRef = { type: 'yesoreyeram-infinity-datasource', uid: 'didbon-api' }
