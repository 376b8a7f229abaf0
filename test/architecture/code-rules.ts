import {
  type ArrowFunction,
  type ConstructorDeclaration,
  type FunctionDeclaration,
  type FunctionExpression,
  type GetAccessorDeclaration,
  isArrowFunction,
  isCallExpression,
  isConstructorDeclaration,
  isExportAssignment,
  isExportDeclaration,
  isFunctionDeclaration,
  isFunctionExpression,
  isGetAccessorDeclaration,
  isIdentifier,
  isMethodDeclaration,
  isNewExpression,
  isNonNullExpression,
  isPropertyAccessExpression,
  isSetAccessorDeclaration,
  type MethodDeclaration,
  type Node,
  type SetAccessorDeclaration,
  SyntaxKind,
} from 'typescript/unstable/ast'
import type { Violation } from './layer-rules.ts'
import { lastLineOf, lineOf, type Source, walk } from './source-tree.ts'

const MOST_LINES = 300
const MOST_FUNCTION_LINES = 60
const MOST_PARAMETERS = 3

/** What makes code depend on when or where it runs. */
const IMPURE_CALLS = new Set(['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch'])
const IMPURE_OBJECTS = new Set(['process', 'performance', 'crypto', 'globalThis'])
const IMPURE_MEMBERS = new Set(['Date.now', 'Math.random'])

/** A file that is longer than one can take in. */
export function checkLength({ path, text }: Source): readonly Violation[] {
  const lines = text.trimEnd().split('\n').length
  return lines <= MOST_LINES ? [] : [`${path} has ${lines} lines; ${MOST_LINES} are the most`]
}

/** Everything in one file that its syntax tree shows to be against the rules. */
export function checkCode(source: Source): readonly Violation[] {
  const violations: Violation[] = []
  const isCore = source.path.startsWith('src/core/')
  walk(source.tree, (node) => {
    const problems = [...functionProblems(source, node), formProblem(node), isCore ? impurity(node) : undefined]
    for (const problem of problems) {
      if (problem !== undefined) violations.push(`${source.path}:${lineOf(source, node)} ${problem}`)
    }
  })
  return violations
}

function functionProblems(source: Source, node: Node): readonly (string | undefined)[] {
  if (!isFunction(node) || node.body === undefined) return []
  const lines = lastLineOf(source, node) - lineOf(source, node) + 1
  const count = node.parameters.length
  return [
    lines > MOST_FUNCTION_LINES ? `a function of ${lines} lines; ${MOST_FUNCTION_LINES} are the most` : undefined,
    count > MOST_PARAMETERS ? `a function with ${count} parameters; ${MOST_PARAMETERS} are the most` : undefined,
  ]
}

type FunctionNode =
  | FunctionDeclaration
  | FunctionExpression
  | ArrowFunction
  | MethodDeclaration
  | ConstructorDeclaration
  | GetAccessorDeclaration
  | SetAccessorDeclaration

function isFunction(node: Node): node is FunctionNode {
  return (
    isFunctionDeclaration(node) ||
    isFunctionExpression(node) ||
    isArrowFunction(node) ||
    isMethodDeclaration(node) ||
    isConstructorDeclaration(node) ||
    isGetAccessorDeclaration(node) ||
    isSetAccessorDeclaration(node)
  )
}

function formProblem(node: Node): string | undefined {
  if (isExportAssignment(node) || node.kind === SyntaxKind.DefaultKeyword) {
    const isSwitch = node.parent?.kind === SyntaxKind.CaseBlock || node.parent?.kind === SyntaxKind.DefaultClause
    return isSwitch ? undefined : 'a default export'
  }
  if (isExportDeclaration(node) && node.moduleSpecifier !== undefined) return 'passes on what another file exports'
  if (node.kind === SyntaxKind.AnyKeyword) return 'the type any'
  if (isNonNullExpression(node)) return 'a non-null assertion'
  return undefined
}

function impurity(node: Node): string | undefined {
  if (isNewExpression(node) && isIdentifier(node.expression) && node.expression.text === 'Date') {
    return (node.arguments?.length ?? 0) === 0 ? 'core reads the clock: new Date()' : undefined
  }
  if (isCallExpression(node) && isIdentifier(node.expression) && IMPURE_CALLS.has(node.expression.text)) {
    return `core calls ${node.expression.text}`
  }
  if (!isPropertyAccessExpression(node) || !isIdentifier(node.expression)) return undefined
  const member = `${node.expression.text}.${node.name.text}`
  const isImpure = IMPURE_MEMBERS.has(member) || IMPURE_OBJECTS.has(node.expression.text)
  return isImpure ? `core uses ${member}` : undefined
}
