/** new-file: a file that has its name only once it is whole and on the disk, and never takes another's. */
import { closeSync, fsyncSync, linkSync, lstatSync, openSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '../../model/error.ts'

/** @throws AppError usage when there is a file of that name, or no folder for it */
export function refuseTaken(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) throw taken(file)
  if (statSync(dirname(file), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new AppError('usage', `There is no folder ${dirname(file)}: make it first, or name another.`)
  }
}

function taken(file: string): AppError {
  return new AppError(
    'usage',
    `${file} is there already and is left as it is. Name a file that is not there yet.`,
  )
}

/** For its owner alone: the store holds hashes of tokens, and what was seen of people's networks. */
export function makeFile(path: string): void {
  closeSync(openSync(path, 'wx', 0o600))
}

/** Gives a finished file its name, once what is in it is on the disk for good. @throws AppError usage when somebody else took it first */
export function giveName(part: string, file: string): void {
  sync(part)
  try {
    linkSync(part, file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw taken(file)
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error
    // A file system without links, as on a memory stick: between looking and naming somebody might come first.
    refuseTaken(file)
    renameSync(part, file)
  }
  sync(dirname(file))
}

function sync(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
