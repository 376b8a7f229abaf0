import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import {
  isCallExpression,
  isExportDeclaration,
  isImportDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isStringLiteral,
  type Node,
  type SourceFile,
  SyntaxKind,
} from 'typescript/unstable/ast'
import { API } from 'typescript/unstable/sync'

/** One source file with its syntax tree. */
export interface Source {
  /** Below the root, with forward slashes: `src/core/ids.ts`. */
  readonly path: string
  readonly text: string
  readonly tree: SourceFile
  readonly imports: readonly Import[]
}

export interface Import {
  readonly specifier: string
  /** The imported file below the root; undefined for a package or a part of Node. */
  readonly target: string | undefined
  /** `import()` instead of a declaration at the top. */
  readonly isLazy: boolean
  /** Leaves no trace in the running program. */
  readonly isTypeOnly: boolean
  readonly line: number
}

/** Every TypeScript file below a folder of the root, parsed by the compiler itself. */
export function readSources(root: string, folder: string): readonly Source[] {
  const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const api = new API({ cwd: root })
  try {
    const [project] = api.updateSnapshot({ openProject: join(root, 'tsconfig.json') }).getProjects()
    if (project === undefined) throw new Error('tsconfig.json opens no project')
    return files.map((file) => {
      const tree = project.program.getSourceFile(file)
      if (tree === undefined) throw new Error(`${file} is not part of tsconfig.json`)
      return toSource(root, file, tree)
    })
  } finally {
    api.close()
  }
}

function toSource(root: string, file: string, tree: SourceFile): Source {
  const text = readFileSync(file, 'utf8')
  const imports: Import[] = []
  walk(tree, (node) => {
    const found = importOf(node)
    if (found === undefined) return
    const { specifier } = found
    const target = specifier.startsWith('.') ? relative(root, resolve(dirname(file), specifier)) : undefined
    imports.push({ ...found, target, line: lineOf({ text, tree }, node) })
  })
  return { path: relative(root, file), text, tree, imports }
}

function importOf(node: Node): Pick<Import, 'specifier' | 'isLazy' | 'isTypeOnly'> | undefined {
  if (isImportDeclaration(node) && isStringLiteral(node.moduleSpecifier)) {
    const isTypeOnly = node.importClause?.phaseModifier === SyntaxKind.TypeKeyword
    return { specifier: node.moduleSpecifier.text, isLazy: false, isTypeOnly }
  }
  if (isExportDeclaration(node) && node.moduleSpecifier !== undefined && isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, isLazy: false, isTypeOnly: node.isTypeOnly }
  }
  if (isImportTypeNode(node) && isLiteralTypeNode(node.argument) && isStringLiteral(node.argument.literal)) {
    return { specifier: node.argument.literal.text, isLazy: false, isTypeOnly: true }
  }
  if (isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword) {
    const [specifier] = node.arguments
    return specifier !== undefined && isStringLiteral(specifier)
      ? { specifier: specifier.text, isLazy: true, isTypeOnly: false }
      : undefined
  }
  return undefined
}

/** Calls back with every node of a tree, outermost first. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node)
  node.forEachChild((child) => walk(child, visit))
}

/** Line of a node, from 1. */
export function lineOf({ text, tree }: Pick<Source, 'text' | 'tree'>, node: Node): number {
  return text.slice(0, node.getStart(tree)).split('\n').length
}

/** Line on which a node ends. */
export function lastLineOf({ text }: Pick<Source, 'text'>, node: Node): number {
  return text.slice(0, node.end).split('\n').length
}
