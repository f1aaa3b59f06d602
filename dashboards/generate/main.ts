/** main: writes the dashboards beside this folder. `npm run dashboards` after each change here. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { dashboardFiles } from './dashboards.ts'

for (const { name, text } of dashboardFiles()) {
  await writeFile(fileURLToPath(new URL(`../${name}`, import.meta.url)), text)
}
