/** Timed bytes in words: how fast, beside whose, and every transfer behind it. */
import type { Experiment } from '../model/experiment.ts'
import type { Measurement } from '../model/measurement.ts'
import { type Rates, type Speed, againstControl, againstNeutral, showRate, speedOf } from '../model/rates.ts'
import type { JudgedMeasurement } from './probe-now.ts'
import { printable } from '../views/text/table.ts'
import { summarised } from './probe-text.ts'

/** What came of it and why, and the rates it was judged by. */
export function summarisedTransfers(result: JudgedMeasurement): string {
  const { rates } = result.explanation.evidence
  return rates === null ? summarised(result) : `${summarised(result)}\n  ${inWords(rates)}`
}

/** The same, then every transfer here and for the controls, and every rule up to the one that fired. */
export function explainedTransfers(result: JudgedMeasurement): string {
  const { measurement, controls, health, explanation } = result
  return [
    summarisedTransfers(result),
    `  vantage ${result.vantage} is ${health}${measurement.unfit === null ? '' : `; unfit: ${measurement.unfit} ${measurement.unfitDetail ?? ''}`}`,
    ...[measurement, ...controls].flatMap(transfersOf),
    '  rules tried',
    ...explanation.tried.map(({ rule, fired }) => `    ${fired ? '=>' : '  '} ${rule}`),
  ].join('\n')
}

function inWords(rates: Rates): string {
  const { target, neutral, control, byName } = rates
  const beside = (whose: string, speed: Speed | null, ratio: number | null): string[] =>
    speed === null || ratio === null
      ? []
      : [`${whose} ${showRate(speed.bytesPerSecond)} (${ratio.toFixed(2)})`]
  return [
    target === null ? 'not measured' : showRate(target.bytesPerSecond),
    ...beside('neutral host', neutral, againstNeutral(rates)),
    ...beside('control', control, againstControl(rates)),
    ...(byName === null ? [] : [`one server under this name over another name (${byName.toFixed(2)})`]),
  ].join('; ')
}

function transfersOf({ vantage, experiments }: Measurement): string[] {
  return [`  transfers from ${vantage}`, ...experiments.flatMap((transfer) => shown(transfer))]
}

function shown(transfer: Experiment): string[] {
  if (transfer.kind !== 'transfer') return []
  const { name, at, serverName, url, address, tcpMs, tlsMs, status, bytes, transferMs, failure } = transfer
  const [tcp, tls] = [tcpMs, tlsMs].map((ms) => (ms === null ? '-' : String(Math.round(ms))))
  const rate = showRate(speedOf(transfer, bytes).bytesPerSecond)
  const text = `${name} name at ${at} server  ${serverName} to ${address ?? 'no address'} for ${url}  tcp ${tcp} ms, tls ${tls} ms, status ${status ?? '-'}, ${bytes} bytes in ${Math.round(transferMs)} ms, ${rate}  ${failure ?? 'ok'}`
  return [`    ${printable(text)}`]
}
