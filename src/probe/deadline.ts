/** Deadlines of steps: a signal that ends with its parent or after some time, whichever comes first. */

/** Why a step was ended: its own time, or the probe's, was up. */
export class TimeUp extends Error {
  readonly code = 'DIDBON_TIME_UP'

  constructor() {
    super('The time for this step was up.')
    this.name = 'TimeUp'
  }
}

/** Why a probe was ended: whoever asked for it no longer wants it. */
export class Interrupted extends Error {
  readonly code = 'DIDBON_INTERRUPTED'

  constructor() {
    super('The probe was stopped before it was finished.')
    this.name = 'Interrupted'
  }
}

/**
 * Begins a step; `using` it forgets the timer and the parent when the step is over, whichever way.
 *
 * @param parent its end ends this too, with the same reason
 * @param ms after which the signal ends with TimeUp
 */
export function startDeadline(
  parent: AbortSignal,
  ms: number,
): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController()
  const onParent = () => {
    clear()
    controller.abort(parent.reason)
  }
  const timer = setTimeout(() => {
    clear()
    controller.abort(new TimeUp())
  }, ms)
  const clear = () => {
    clearTimeout(timer)
    parent.removeEventListener('abort', onParent)
  }
  if (parent.aborted) onParent()
  else parent.addEventListener('abort', onParent, { once: true })
  return { signal: controller.signal, [Symbol.dispose]: clear }
}
