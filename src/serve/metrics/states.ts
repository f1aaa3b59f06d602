/** states: how each service stands from each vantage. No data is a state of its own (`insufficient`), never 0 and never ok. */
import { STATES } from '../../model/outage.ts'
import { QUIC_STANDINGS } from '../../model/quic.ts'
import { type LiveGauge, putStates } from './live.ts'

export const STATE_GAUGES: readonly LiveGauge[] = [
  {
    name: 'didbon_service_state',
    help: 'State of each service from each vantage: 1 for the state it is in, 0 for the others',
    labelNames: ['service', 'vantage', 'state'],
    read(put, { status }) {
      for (const { service, vantage, state } of status) putStates(put, STATES, state, service, vantage)
    },
  },
  {
    name: 'didbon_service_blocked_over',
    help: 'A constant 1 for each service that can be reached from a vantage over one of IPv4 and IPv6 and is blocked over the other; absent where it is not',
    labelNames: ['service', 'vantage', 'family', 'mechanism'],
    read(put, { status }) {
      for (const { service, vantage, blockedOver: over } of status)
        if (over !== null) put(1, service, vantage, over.family, over.mechanism ?? '')
    },
  },
  {
    name: 'didbon_quic_state',
    help: 'State of HTTP/3 to each service from each vantage, separate from the state of the service: 1 for the state it is in, 0 for the others',
    labelNames: ['service', 'vantage', 'state'],
    read(put, { status }) {
      for (const { service, vantage, quic } of status)
        putStates(put, QUIC_STANDINGS, quic.standing, service, vantage)
    },
  },
  {
    name: 'didbon_last_probe_timestamp_seconds',
    help: 'Time when the last measurement of a service that could be judged ended; absent before the first',
    labelNames: ['service', 'vantage'],
    read(put, { status }) {
      for (const { service, vantage, lastMeasurementAt } of status) {
        if (lastMeasurementAt !== null) put(lastMeasurementAt / 1000, service, vantage)
      }
    },
  },
  {
    name: 'didbon_heightened_watch_until_timestamp_seconds',
    help: 'Until when a service is on heightened watch, because of a recent trigger event; absent when it is not',
    labelNames: ['service'],
    read(put, { heightened }) {
      for (const [service, untilAt] of heightened) put(untilAt / 1000, service)
    },
  },
]
