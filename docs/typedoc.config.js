import { readFileSync } from 'node:fs'

const { exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

/** Of each entry point the module that it is built from. */
const modules = Object.values(exports).map(({ default: built }) =>
  built.replace('dist/', 'src/').replace(/\.js$/, '.ts'),
)

export default {
  name: 'epaxos',
  tsconfig: 'tsconfig.json',
  entryPoints: modules.map((module) => `../${module}`),
  projectDocuments: ['*.md', '../SECURITY.md', '../CHANGELOG.md'],
  readme: '../README.md',
  out: 'api',
  disableSources: true,
  excludeExternals: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeProtected: true,
  highlightLanguages: ['css', 'html', 'json', 'sh', 'svelte', 'ts', 'tsx', 'vue'],
  // The library's own compiler has checked them, and is a newer one.
  skipErrorChecking: true,
  // Shapes of arguments and of reports: whoever wants to name one takes it from what it is of.
  intentionallyNotExported: [
    'src/member/message.ts:MemberMessage',
    'src/sim/churn/population.ts:Fortune',
    'src/sim/churn/report.ts:Life',
    'src/sim/resident.ts:Errand',
    'src/state/define-state.ts:Callable',
    'src/state/define-state.ts:PlainResults',
    'src/state/json.ts:PlainProperty',
    'src/state/json.ts:Unmarked',
    'src/state/parts/claims.ts:Named',
    'src/state/parts/counter.ts:Amount',
    'src/state/parts/list.ts:Gone',
    'src/state/parts/list.ts:Id',
    'src/state/parts/list.ts:Move',
    'src/state/parts/list.ts:Value',
    'src/state/parts/map.ts:Amount',
    'src/state/parts/map.ts:Entry',
    'src/state/parts/map.ts:Key',
    'src/state/parts/map.ts:Swap',
    'src/wire/relay-frames.ts:CLOSE_CODES',
  ],
  // What an exported declaration speaks of is exported, too, and what a comment links to is there.
  validation: { notExported: true, invalidLink: true, rewrittenLink: true, unusedMergeModuleWith: true },
  treatWarningsAsErrors: true,
}
