/** interrupted: a signal to the process ends what it does, not the process: what is open is still to be closed. */

/** Aborts at the first SIGINT or SIGTERM; the second ends the process as ever. */
export function interrupted(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort())
  return controller.signal
}
