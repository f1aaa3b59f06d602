/**
 * loadConfig: the files in, one frozen Config out, or one error that names everything wrong with them.
 *
 * read -> shape (zod) -> rules between keys -> nouns. Every step looks at what the one before could save, so that one run finds all.
 */
import { X509Certificate, createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { movedKey } from './detect-schema.ts'
import { buildCanaries, buildSchedule, buildServices, buildVantages } from './build.ts'
import { checkSections, checkServices } from './checks.ts'
import type { Config, DetectConfig, RecordConfig } from './config.ts'
import { embedded } from './locate.ts'
import { configInvalid, showPath, type KeyPath, type Problem } from './problem.ts'
import { buildQuic } from './quic-schema.ts'
import { readYaml, type ReadFile } from './read.ts'
import { fileSchema, type FileShape } from './schema.ts'
import { codeOf, type Env } from './secret.ts'
import { servicesSchema } from './services-schema.ts'
import { shape, type Shaped } from './shape-problems.ts'
import { checkVantages, type Complain } from './vantage-checks.ts'

/**
 * Reads didbon.yaml and the services file it names.
 *
 * @param path of didbon.yaml
 * @param env what `${NAME}` stands for
 * @throws AppError `config_invalid` with a line per problem: `file:line:column  path.to.key: what is wrong`
 */
export async function loadConfig(path: string, env: Env): Promise<Config> {
  const { config, problems } = await tryLoad(path, env)
  if (config === null) throw configInvalid(problems)
  return config
}

/** `files`: everything that was read or should have been, even when nothing came of it. */
export interface Loaded {
  readonly config: Config | null
  readonly problems: readonly Problem[]
  readonly files: readonly string[]
}

/** As loadConfig, for those who need to know the files of a configuration that does not load. */
export async function tryLoad(path: string, env: Env): Promise<Loaded> {
  const main = await readYaml(path, env)
  const top = shape(fileSchema, main, movedKey)
  const problems: Problem[] = [...main.problems, ...top.problems]
  const complainIn = (file: ReadFile) => (at: KeyPath, text: string) => {
    const told = problems.some((p) => p.file === file.file && showPath(p.path) === showPath(at))
    if (!told) problems.push(file.problemAt(at, text))
  }

  const servicesPath = serviceFileOf(path, main, top)
  const second = servicesPath === null ? null : await readYaml(servicesPath, env)
  const inner = second === null ? null : shape(servicesSchema, second)
  if (second !== null && inner !== null) {
    problems.push(
      ...second.problems,
      ...(second.data === null && second.problems.length > 0 ? [] : inner.problems),
    )
    if (inner.data !== null) checkServices(inner.data, inner.broken, complainIn(second))
  }
  const caFiles = top.data?.probe.extraCaFiles.map((file) => resolve(dirname(path), file)) ?? []
  const extraCa = await Promise.all(caFiles.map((file, i) => readAuthority(file, i, main, complainIn(main))))
  if (top.data !== null) {
    checkVantages(top.data.vantages, top.broken, complainIn(main))
    const watched = inner?.data ? { shape: inner.data, broken: inner.broken } : null
    checkSections(top.data, watched, top.broken, complainIn(main))
  }

  const record = top.data === null ? null : await readRecord(top.data.record, path, complainIn(main))
  const files = [
    path,
    ...(servicesPath === null ? [] : [servicesPath]),
    ...(record === null ? [] : [record.events, record.reports]),
    ...caFiles,
    ...main.secretFiles,
    ...(second?.secretFiles ?? []),
  ]
  if (problems.length > 0 || top.data === null || record === null || !inner?.data)
    return { config: null, problems, files }
  const { extraCaFiles: _, quic, ...probe } = top.data.probe
  const config: Config = {
    files,
    services: buildServices(inner.data),
    canaries: buildCanaries(inner.data, top.data.diagnose),
    vantages: buildVantages(top.data.vantages),
    schedule: buildSchedule(top.data),
    diagnose: top.data.diagnose,
    throughput: top.data.throughput,
    probe: { ...probe, extraCa, publicPrefixes: top.data.publicPrefixes, quic: buildQuic(quic) },
    detect: top.data.detect as DetectConfig,
    incidents: top.data.incidents as Config['incidents'],
    correlate: top.data.correlate as Config['correlate'],
    record,
    store: top.data.store,
    serve: top.data.serve,
    log: top.data.log,
  }
  return { config: freeze(config), problems, files }
}

/** Where the services are, as far as didbon.yaml can be understood. */
function serviceFileOf(path: string, main: ReadFile, top: Shaped<FileShape>): string | null {
  if (top.data === null || top.broken(['services'])) return null
  if (main.data === null && main.problems.length > 0) return null
  return isAbsolute(top.data.services) ? top.data.services : join(dirname(path), top.data.services)
}

/** The files are read in full only by those who import them; here it is enough that they are there, and whether they changed. */
async function readRecord(
  named: FileShape['record'],
  path: string,
  complain: Complain,
): Promise<RecordConfig> {
  const print = createHash('sha256')
  const at = async (key: 'events' | 'reports'): Promise<string> => {
    const file = named[key] === null ? embedded(`${key}.yaml`) : resolve(dirname(path), named[key])
    try {
      print.update(await readFile(file))
    } catch (error) {
      complain(['record', key], `cannot read ${file} (${codeOf(error)})`)
    }
    return file
  }
  const events = await at('events')
  const reports = await at('reports')
  return { events, reports, print: print.digest('hex') }
}

async function readAuthority(
  file: string,
  index: number,
  main: ReadFile,
  complain: Complain,
): Promise<string> {
  const path = ['probe', 'extraCaFiles', index]
  try {
    const pem = await readFile(file, 'utf8')
    void new X509Certificate(pem) // throws when it is none
    return pem
  } catch (error) {
    const why = codeOf(error)
    complain(
      path,
      why.startsWith('ERR_')
        ? `holds no PEM certificate: ${main.shown(path)}`
        : `cannot be read (${why}): ${main.shown(path)}`,
    )
    return ''
  }
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) freeze(inner)
  }
  return value
}
