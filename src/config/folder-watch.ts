/** folder-watch: notices that something in the folders of some files changed. Folders, since editors replace files rather than write into them. */
import { type FSWatcher, watch } from 'node:fs'
import { dirname } from 'node:path'

export interface FolderWatch {
  /** Watches the folders of these files, and no others any more. */
  readonly follow: (files: readonly string[]) => void
  readonly close: () => void
}

/** Starts with nothing to watch. What cannot be watched goes unnoticed: whoever asks must look from time to time as well. */
export function createFolderWatch(onChange: () => void): FolderWatch {
  let watchers: FSWatcher[] = []

  function close(): void {
    for (const watcher of watchers) watcher.close()
    watchers = []
  }

  return {
    follow(files) {
      close()
      for (const folder of new Set(files.map((file) => dirname(file)))) {
        try {
          const watcher = watch(folder, { persistent: false }, onChange)
          watcher.on('error', () => watcher.close()) // the folder went away
          watchers.push(watcher)
        } catch {
          // no such folder yet, or the system is out of watches
        }
      }
    },
    close,
  }
}
