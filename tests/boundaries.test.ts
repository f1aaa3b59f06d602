/** The walls of src/: what the table in walls/rooms.ts gives is used, what it does not give is not there, and nothing runs in a circle. */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { circlesIn, readSource, roomOf } from './walls/imports.ts'
import { ROOMS } from './walls/rooms.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const FILES_OF_SRC = readSource()

/** By room, what its files point to: other rooms, or packages. */
function arrowsOf(kind: 'imports' | 'packages'): Map<string, string[]> {
  const arrows = new Map<string, Set<string>>(ROOMS.map(({ name }) => [name, new Set()]))
  for (const { path, [kind]: loaded } of FILES_OF_SRC) {
    const room = roomOf(path)
    const known = arrows.get(room) ?? new Set()
    for (const each of loaded) known.add(kind === 'imports' ? roomOf(each) : each)
    known.delete(room)
    arrows.set(room, known)
  }
  return new Map([...arrows].map(([room, others]) => [room, [...others].toSorted()]))
}

/** As lines: `judge -> model`. */
function lines(arrows: Iterable<readonly [string, readonly string[]]>): string[] {
  return [...arrows].flatMap(([from, all]) => all.map((to) => `${from} -> ${to}`)).toSorted()
}

test('every file is in a room, and nothing lies loose but what the table names', () => {
  const names = ROOMS.map(({ name }) => name)
  expect(names.filter((name) => name.endsWith('.ts')).toSorted()).toEqual([
    'cli.ts',
    'daemon.ts',
    'version.ts',
  ])
  expect(FILES_OF_SRC.map(({ path }) => path).filter((path) => !names.includes(roomOf(path)))).toEqual([])
})

test('rooms import what the table gives, types included, and use all of it', () => {
  const arrows = arrowsOf('imports')
  console.log(
    ['arrows:', ...[...arrows].map(([room, others]) => `${room} -> ${others.join(' ') || '(nothing)'}`)].join(
      '\n',
    ),
  )
  expect(lines(arrows)).toEqual(lines(ROOMS.map(({ name, rooms }) => [name, rooms])))
})

test('rooms use the packages the table gives, and all of them', () => {
  expect(lines(arrowsOf('packages'))).toEqual(lines(ROOMS.map(({ name, packages }) => [name, packages])))
})

test('the table lets a room import only those above it -> rooms run in no circle', () => {
  const names = ROOMS.map(({ name }) => name)
  const below = ROOMS.flatMap(({ name, rooms }, at) =>
    rooms.filter((room) => !names.slice(0, at).includes(room)).map((room) => `${name} -> ${room}`),
  )
  expect(below).toEqual([])
})

test('files run in no circle, types included', () => {
  expect(circlesIn(new Map(FILES_OF_SRC.map(({ path, imports }) => [path, imports])))).toEqual([])
})

test('a sub-room with one way in is entered by it alone', () => {
  const entered = ROOMS.flatMap(({ name, doors = {} }) =>
    Object.entries(doors).flatMap(([sub, door]) => {
      const folder = `${name}/${sub}/`
      return FILES_OF_SRC.filter(({ path }) => !path.startsWith(folder)).flatMap(({ path, imports }) =>
        imports.filter((to) => to.startsWith(folder) && to !== folder + door).map((to) => `${path} -> ${to}`),
      )
    }),
  )
  expect(entered).toEqual([])
})

test('sub-rooms that stand on each other import only those below', () => {
  const wrong = ROOMS.flatMap(({ name, floors = [] }) => {
    const floorOf = (path: string) => floors.findIndex((floor) => path.startsWith(`${name}/${floor}/`))
    return FILES_OF_SRC.filter(({ path }) => floorOf(path) >= 0).flatMap(({ path, imports }) =>
      imports
        .filter((to) => roomOf(to) === name && !(floorOf(to) >= 0 && floorOf(to) <= floorOf(path)))
        .map((to) => `${path} -> ${to}`),
    )
  })
  expect(wrong).toEqual([])
})

test('files are short: none over 300 lines, half of them at most 80', () => {
  expect(FILES_OF_SRC.filter(({ lines: n }) => n > 300).map(({ path }) => path)).toEqual([])
  const inOrder = FILES_OF_SRC.map(({ lines: n }) => n).toSorted((a, b) => a - b)
  expect(inOrder[Math.floor(inOrder.length / 2)]).toBeLessThanOrEqual(80)
})

test('the linter holds the same walls: of every room and package, it refuses what the table does not give', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'didbon-walls-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const each of ['oxlint.config.ts', 'tests/walls'])
    await cp(join(ROOT, each), join(folder, each), { recursive: true })
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const everything = [...new Set(ROOMS.flatMap(({ packages }) => packages)), 'node:cluster', 'left-pad']
  const inSubRooms = ROOMS.filter(({ name }) => !name.endsWith('.ts')).map(({ name }) => ({
    name,
    file: `${name}/sub/a.ts`,
  }))
  const expected: string[] = []
  for (const { name, file } of [
    ...ROOMS.map(({ name }) => ({ name, file: name.endsWith('.ts') ? name : `${name}/a.ts` })),
    ...inSubRooms,
  ]) {
    const up = '../'.repeat(file.split('/').length - 1) || './'
    const others = ROOMS.map((room) => room.name).filter((other) => other !== name)
    const specifierOf = (other: string) => up + (other.endsWith('.ts') ? other : `${other}/b.ts`)
    const { rooms, packages } = ROOMS.find((room) => room.name === name)!
    expected.push(
      ...others.filter((other) => !rooms.includes(other)).map((other) => `${file} ${specifierOf(other)}`),
      ...everything.filter((each) => !packages.includes(each)).map((each) => `${file} ${each}`),
    )
    const all = [...others.map(specifierOf), ...everything, './beside.ts', `${up}${name}/b.ts`]
    await mkdir(dirname(join(folder, 'src', file)), { recursive: true })
    await writeFile(join(folder, 'src', file), all.map((from) => `import type {} from '${from}'\n`).join(''))
  }
  expect((await refused(folder)).toSorted()).toEqual(expected.toSorted())
})

/** `file import`, of each import in a folder that the linter refuses. */
async function refused(folder: string): Promise<string[]> {
  const oxlint = join(ROOT, 'node_modules/oxlint/bin/oxlint')
  const done = await promisify(execFile)(process.execPath, [oxlint, '--format', 'json', 'src'], {
    cwd: folder,
    maxBuffer: 2 ** 26,
  }).catch((error: { stdout: string }) => error)
  const { diagnostics } = JSON.parse(done.stdout) as {
    diagnostics: { code: string; message: string; filename: string }[]
  }
  return diagnostics
    .filter(({ code }) => code.includes('no-restricted-imports'))
    .map(({ message, filename }) => `${filename.slice('src/'.length)} ${/'([^']+)'/.exec(message)![1]!}`)
}
