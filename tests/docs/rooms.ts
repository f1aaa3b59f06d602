/** rooms: the walls between the rooms, from the table that the linter is configured by. */
import { ROOMS, type Room } from '../walls/rooms.ts'

export function roomReference(): string {
  return ROOMS.map(line).join('\n')
}

function line({ name, rooms, packages, pure, doors, floors }: Room): string {
  const theirs = packages.filter((each) => !each.startsWith('node:'))
  const facts = [
    pure === true ? 'pure' : null,
    theirs.length === 0 ? null : `packages ${quoted(theirs)}`,
    doors === undefined ? null : `sub-rooms with one way in ${quoted(Object.keys(doors))}`,
    floors === undefined ? null : `sub-rooms in order ${quoted(floors)}`,
  ].filter((fact) => fact !== null)
  const imports = rooms.length === 0 ? 'no other room' : quoted(rooms)
  return `- \`${name}\`: ${[imports, ...facts].join('; ')}.`
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ')
}
