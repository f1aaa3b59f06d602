/**
 * A container engine, if there is one that works: docker or podman with the base image at hand. Nothing is ever pulled.
 *
 * Where an engine needs more than its own `run` and `build`, name commands for these:
 * DIDBON_CONTAINER_ENGINE=podman DIDBON_CONTAINER_RUN=/path/to/run DIDBON_CONTAINER_BUILD=/path/to/build
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const BASE = 'docker.io/library/node:24-slim'
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const BUILD_MS = 600_000
const CALL_MS = 60_000

/** What the image must stand. */
const HARDENED = [
  ['--read-only', '--tmpfs', '/tmp:rw,size=16m'],
  ['--cap-drop', 'all', '--security-opt', 'no-new-privileges', '--memory', '512m', '--pids-limit', '200'],
].flat()

export interface Done {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Engine {
  readonly name: string
  /** Any command of the engine; never rejects. */
  readonly call: (...args: readonly string[]) => Promise<Done>
  /** `run`, hardened; arguments of `run`, image, command. */
  readonly run: (...args: readonly string[]) => Promise<Done>
  /** Builds ./Dockerfile. */
  readonly build: (tag: string) => Promise<Done>
}

/** @returns the engine, or why there is none, in one sentence */
export async function findEngine(env: NodeJS.ProcessEnv): Promise<Engine | string> {
  const named = env['DIDBON_CONTAINER_ENGINE']
  const reasons: string[] = []
  for (const name of named === undefined ? ['docker', 'podman'] : [named]) {
    const engine = engineOf(name, env)
    const tried = await engine.run('--rm', '--pull', 'never', BASE, 'node', '--version')
    if (tried.code === 0) return engine
    reasons.push(`${name}: ${tried.stderr.trim().split('\n')[0]}`)
  }
  return `No container engine runs ${BASE} here (${reasons.join('; ')}).`
}

function engineOf(name: string, env: NodeJS.ProcessEnv): Engine {
  const call = (...args: readonly string[]) => exec(name, args, CALL_MS)
  const run = env['DIDBON_CONTAINER_RUN']
  const build = env['DIDBON_CONTAINER_BUILD']
  return {
    name,
    call,
    run: (...args) => (run === undefined ? call('run', ...HARDENED, ...args) : exec(run, args, CALL_MS)),
    build: (tag) =>
      build === undefined ? exec(name, ['build', '--tag', tag, '.'], BUILD_MS) : exec(build, [tag], BUILD_MS),
  }
}

function exec(command: string, args: readonly string[], timeout: number): Promise<Done> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd: ROOT, timeout, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
      resolve({ code, stdout, stderr: stderr === '' && error !== null ? error.message : stderr })
    })
  })
}
