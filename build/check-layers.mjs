/** Fails on an import that docs/architecture.md does not allow: upwards, sideways, of the lab, of a package that belongs to another folder, or in a circle. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import typescript from 'typescript';
import { projectRoot } from './setup/places.mjs';

/**
 * A unit is what may import within itself; units of one layer may not import each other.
 * @type {readonly { unit: string, layer: number, pattern: RegExp }[]}
 */
const units = [
  unit('base', 0, 'electron/base/'),
  // Still the lowest layer, but its errors are base's.
  unit('geometry', 0.5, 'electron/geometry/'),
  unit('log', 0.7, 'electron/log/'),
  unit('api', 1, 'electron/api/'),
  unit('terms', 1.2, 'electron/terms/'),
  unit('imaging', 2, 'electron/imaging/'),
  unit('library', 2, 'electron/library/'),
  unit('metadata', 2, 'electron/metadata/'),
  unit('database', 2, 'electron/database/'),
  unit('clustering', 2, 'electron/clustering/'),
  unit('native-models', 2, 'native-models/(packs|onnx|runtime)/'),
  unit('pipeline', 3, 'electron/pipeline/'),
  unit('learning', 4, 'electron/learning/'),
  unit('jobs', 5, 'electron/jobs/'),
  unit('engine', 6, 'electron/engine/'),
  unit('terminal', 6, 'electron/terminal/'),
  unit('shell', 7, 'electron/shell/'),
  unit('server', 7, 'electron/server/'),
  unit('cli', 8, 'electron/cli/'),
  // Measures, explains and trains with everything else; the product does without it.
  unit('lab', 9, 'native-models/lab/'),
  unit('renderer', 10, 'renderer/'),
];

/** The one import of the lab from outside: the command line loads it when one of its commands is called. */
const labEntry = { from: 'electron/cli/main.ts', to: 'native-models/lab/cli/add-lab-commands.ts' };

/** Where programs begin: from here the chain to a violation is told. */
const entryPoints = ['electron/shell/main.ts', 'electron/cli/main.ts', 'renderer/main.ts'];

/** The renderer sees the engine through the API alone, and what that is made of. */
const rendererMayImport = ['api', 'base', 'renderer'];

/** @type {readonly { owners: readonly string[], pattern: RegExp, name: string }[]} */
const ownedPackages = [
  { owners: ['shell'], pattern: /^electron(\/|$)/, name: 'electron' },
  { owners: ['database'], pattern: /^better-sqlite3(\/|$)/, name: 'better-sqlite3' },
  { owners: ['imaging', 'lab'], pattern: /^sharp(\/|$)/, name: 'sharp' },
  { owners: ['native-models', 'pipeline', 'lab'], pattern: /^@tensorflow\//, name: 'TensorFlow.js' },
  { owners: ['native-models', 'pipeline', 'lab'], pattern: /^onnxruntime-/, name: 'ONNX Runtime' },
  { owners: ['renderer'], pattern: /^(svelte|bits-ui|virtua|@lucide\/svelte|pretendard)(\/|$)/, name: "the renderer's packages" },
];

/**
 * @param {string} name
 * @param {number} layer
 * @param {string} prefix
 */
function unit(name, layer, prefix) {
  return { unit: name, layer, pattern: new RegExp(`^${prefix}`) };
}

/**
 * @typedef {{ file: string, line: number, specifier: string, reason: string, chain: string[] }} Violation
 * @typedef {{ specifier: string, line: number, isTypeOnly: boolean }} Import
 */

/**
 * @param {string} root folder that holds electron/, native-models/ and renderer/
 * @returns {{ violations: Violation[], fileCount: number, importCount: number }}
 */
export function checkLayers(root) {
  const files = ['electron', 'native-models', 'renderer'].flatMap((folder) => listSources(root, folder));
  /** @type {Map<string, Import[]>} */
  const imports = new Map(files.map((file) => [file, readImports(file, readFileSync(join(root, file), 'utf8'))]));
  const graph = createGraph(imports);
  const chains = findChains(graph, entryPoints.filter((file) => imports.has(file)));
  const violations = [...imports].flatMap(([file, found]) =>
    found.flatMap(({ specifier, line }) => {
      const reason = findFault(file, specifier);
      const chain = [...(chains.get(file) ?? [file]), nameTarget(file, specifier)];
      return reason === '' ? [] : [{ file, line, specifier, reason, chain }];
    }),
  );
  violations.push(...findNodeInRenderer(imports, graph), ...findCycles(graph));
  return { violations, fileCount: files.length, importCount: [...imports.values()].flat().length };
}

/**
 * @param {string} file path from the root, separated by '/'
 * @param {string} specifier as written
 * @returns {string} why the import is not allowed; empty when it is
 */
function findFault(file, specifier) {
  const from = findUnit(file);
  if (from === undefined) return 'its file lies in no folder that the layers name';
  if (!specifier.startsWith('.')) {
    const owned = ownedPackages.find(({ pattern, owners }) => pattern.test(specifier) && !owners.includes(from.unit));
    return owned === undefined ? '' : `only ${owned.owners.join(' and ')} may import ${owned.name}`;
  }
  const target = posix.normalize(posix.join(posix.dirname(file), specifier));
  const to = findUnit(target);
  if (to === undefined) return target.startsWith('..') || !target.includes('/') ? 'it leaves the source folders' : 'the layers do not name where it points';
  if (from.unit === to.unit) return '';
  if (to.unit === 'lab') {
    if (file === labEntry.from && target === labEntry.to) return '';
    return `nothing outside the lab may import it, but ${labEntry.from} its ${labEntry.to}`;
  }
  if (from.unit === 'renderer') {
    return rendererMayImport.includes(to.unit) ? '' : `the renderer may import ${rendererMayImport.slice(0, -1).join(' and ')} only`;
  }
  if (to.layer > from.layer) return `${from.unit} (layer ${from.layer}) may not import upwards, from ${to.unit} (layer ${to.layer})`;
  if (to.layer === from.layer) return `${from.unit} and ${to.unit} are of one layer (${to.layer}) and may not import each other`;
  return '';
}

/** @param {string} path */
function findUnit(path) {
  return units.find(({ pattern }) => pattern.test(path));
}

/**
 * @param {string} file
 * @param {string} specifier
 * @returns {string} a file's path from the root, or a package's name
 */
function nameTarget(file, specifier) {
  return specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(file), specifier)) : specifier;
}

/**
 * Imports between files, by the file that imports. Workers are named without an ending, as it differs once compiled.
 * @param {ReadonlyMap<string, Import[]>} imports
 * @returns {Map<string, Edge[]>}
 * @typedef {{ target: string, line: number, specifier: string, isTypeOnly: boolean }} Edge
 */
function createGraph(imports) {
  /** @type {Map<string, Edge[]>} */
  const graph = new Map();
  for (const [file, found] of imports) {
    graph.set(
      file,
      found.flatMap(({ specifier, line, isTypeOnly }) => {
        const path = nameTarget(file, specifier);
        const target = [path, `${path}.ts`].find((candidate) => imports.has(candidate));
        return target === undefined ? [] : [{ target, line, specifier, isTypeOnly }];
      }),
    );
  }
  return graph;
}

/**
 * @param {ReadonlyMap<string, Edge[]>} graph
 * @param {readonly string[]} starts
 * @param {(edge: Edge) => boolean} [follows]
 * @returns {Map<string, string[]>} by file that is reached, the shortest chain of imports that leads to it, itself included
 */
function findChains(graph, starts, follows = () => true) {
  /** @type {Map<string, string[]>} */
  const chains = new Map(starts.map((file) => [file, [file]]));
  const queue = [...starts];
  for (const file of queue) {
    for (const edge of graph.get(file) ?? []) {
      if (chains.has(edge.target) || !follows(edge)) continue;
      chains.set(edge.target, [...(chains.get(file) ?? []), edge.target]);
      queue.push(edge.target);
    }
  }
  return chains;
}

/**
 * What the renderer takes along ends in a browser, which has no Node.
 * @param {ReadonlyMap<string, Import[]>} imports
 * @param {ReadonlyMap<string, Edge[]>} graph
 * @returns {Violation[]}
 */
function findNodeInRenderer(imports, graph) {
  const starts = [...imports.keys()].filter((file) => findUnit(file)?.unit === 'renderer' && !file.endsWith('.config.ts'));
  const reason = 'the renderer takes this file along, and a browser has no Node';
  return [...findChains(graph, starts, ({ isTypeOnly }) => !isTypeOnly)].flatMap(([file, chain]) =>
    (imports.get(file) ?? [])
      .filter(({ specifier, isTypeOnly }) => !isTypeOnly && specifier.startsWith('node:'))
      .map(({ specifier, line }) => ({ file, line, specifier, reason, chain: [...chain, specifier] })),
  );
}

/**
 * Files that import each other in a circle, types included: they can only be read, and changed, together.
 * @param {ReadonlyMap<string, Edge[]>} graph
 * @returns {Violation[]} one a circle, at the import that closes it
 */
function findCycles(graph) {
  /** @type {Violation[]} */
  const violations = [];
  const told = new Set();
  for (const file of graph.keys()) {
    for (const [last, chain] of findChains(graph, [file], ({ target }) => !told.has(target))) {
      const closing = (graph.get(last) ?? []).find(({ target }) => target === file);
      if (closing === undefined || told.has(file)) continue;
      for (const member of chain) told.add(member);
      const { line, specifier } = closing;
      violations.push({ file: last, line, specifier, reason: 'it closes a circle of imports', chain: [...chain, file] });
    }
  }
  return violations;
}

/**
 * @param {string} root
 * @param {string} folder
 */
function listSources(root, folder) {
  /** @type {import('node:fs').Dirent[]} */
  let entries = [];
  try {
    entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
  }
  return entries
    .filter((entry) => entry.isFile() && /\.([mc]?[jt]s|svelte)$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/**
 * Static and dynamic imports, re-exports, require, import types, and the modules that worker threads and processes start with.
 * @param {string} file
 * @param {string} text
 * @returns {Import[]}
 */
function readImports(file, text) {
  const code = file.endsWith('.svelte') ? blankMarkup(text) : text;
  const source = typescript.createSourceFile(file, code, typescript.ScriptTarget.Latest, false, typescript.ScriptKind.TS);
  /** @type {Import[]} */
  const imports = [];
  const add = (/** @type {import('typescript').Node | undefined} */ node, isTypeOnly = false) => {
    if (node === undefined || !typescript.isStringLiteralLike(node)) return;
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    imports.push({ specifier: node.text, line: line + 1, isTypeOnly });
  };
  const visit = (/** @type {import('typescript').Node} */ node) => {
    if (typescript.isImportDeclaration(node)) add(node.moduleSpecifier, isErased(node.importClause));
    else if (typescript.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (typescript.isImportTypeNode(node) && typescript.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (typescript.isCallExpression(node)) {
      const called = node.expression;
      if (called.kind === typescript.SyntaxKind.ImportKeyword) add(node.arguments[0]);
      else if (typescript.isIdentifier(called) && called.text === 'require') add(node.arguments[0]);
      else if (typescript.isIdentifier(called) && ['startWorker', 'startProcess', 'runInWorker'].includes(called.text)) add(node.arguments[1]);
    }
    typescript.forEachChild(node, visit);
  };
  visit(source);
  return imports;
}

/** @param {import('typescript').ImportClause | undefined} clause */
function isErased(clause) {
  if (clause === undefined) return false;
  if (clause.phaseModifier === typescript.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  if (clause.name !== undefined || named === undefined || !typescript.isNamedImports(named)) return false;
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
}

/**
 * Keeps a component's scripts on their lines and blanks everything else.
 * @param {string} component
 */
function blankMarkup(component) {
  let code = '';
  let end = 0;
  for (const match of component.matchAll(/(<script\b[^>]*>)([\s\S]*?)<\/script>/g)) {
    const start = match.index + (match[1] ?? '').length;
    code += component.slice(end, start).replace(/[^\n]/g, ' ') + (match[2] ?? '');
    end = start + (match[2] ?? '').length;
  }
  return code;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { violations, fileCount, importCount } = checkLayers(process.argv[2] ?? projectRoot);
  for (const { file, line, specifier, reason, chain } of violations) {
    process.stdout.write(`${file}:${line}: import of "${specifier}": ${reason}\n  ${chain.join('\n  -> ')}\n`);
  }
  process.stdout.write(`${violations.length} ${violations.length === 1 ? 'import breaks' : 'imports break'} the layers (${importCount} in ${fileCount} files)\n`);
  if (violations.length > 0) process.exitCode = 1;
}
