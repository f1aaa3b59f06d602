/** A container that is gone after the test, and what can be asked of the didbon in it. Everything goes over `exec`: no port is published. */
import { setTimeout as pause } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type { Done, Engine } from './engine.ts'

const PATIENCE_MS = 60_000
let started = 0

export interface Container {
  readonly name: string
  /** Runs a line of JavaScript in the container, as the image's own user. @returns what it printed */
  readonly js: (script: string) => Promise<string>
  readonly exec: (...command: readonly string[]) => Promise<Done>
  readonly log: () => Promise<string>
  /** Waits until it fits. @returns ms that took */
  readonly until: (what: string, fits: () => Promise<boolean>) => Promise<number>
  readonly inspect: (format: string) => Promise<string>
}

/** Starts the image's daemon. @param args of `run`, before the image */
export async function startContainer(
  engine: Engine,
  image: string,
  args: readonly string[],
  command: readonly string[] = [],
): Promise<Container> {
  const name = `didbon-test-${process.pid}-${(started += 1)}`
  onTestFinished(async () => void (await engine.call('rm', '--force', name)))
  const run = await engine.run('--detach', '--name', name, ...args, image, ...command)
  if (run.code !== 0) throw new Error(`the container did not start: ${run.stderr}`)
  return containerOf(engine, name)
}

/** A volume that is gone after the test. */
export async function aVolume(engine: Engine): Promise<string> {
  const name = `didbon-test-${process.pid}-${(started += 1)}`
  const made = await engine.call('volume', 'create', name)
  if (made.code !== 0) throw new Error(made.stderr)
  onTestFinished(async () => void (await engine.call('volume', 'rm', '--force', name)))
  return name
}

function containerOf(engine: Engine, name: string): Container {
  const exec = (...command: readonly string[]) => engine.call('exec', name, ...command)
  const log = async () => {
    const { stdout, stderr } = await engine.call('logs', name)
    return stdout + stderr
  }
  return {
    name,
    exec,
    log,
    async js(script) {
      const { code, stdout, stderr } = await exec('node', '-e', script)
      if (code !== 0) throw new Error(stderr)
      return stdout.trim()
    },
    async until(what, fits) {
      const beganMs = performance.now()
      while (!(await fits())) {
        if (performance.now() - beganMs > PATIENCE_MS) throw new Error(`never came: ${what}\n${await log()}`)
        await pause(50)
      }
      return performance.now() - beganMs
    },
    async inspect(format) {
      return (await engine.call('inspect', '--format', format, name)).stdout.trim()
    },
  }
}
