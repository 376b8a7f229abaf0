// The published types belong to the name under which the build is published, not to the alias it is installed under.
declare module 'node-pty' {
  export interface IPty {
    readonly pid: number
    readonly cols: number
    readonly rows: number
    readonly process: string
    readonly fd?: number
    readonly ptsName?: string
    onData(listener: (data: Buffer | string) => void): { dispose(): void }
    onExit(listener: (event: { readonly exitCode: number; readonly signal?: number }) => void): { dispose(): void }
    on(event: 'error', listener: (error: Error) => void): void
    write(data: Uint8Array | string): void
    resize(cols: number, rows: number): void
    kill(signal?: string): void
    pause(): void
    resume(): void
  }
  export function spawn(
    file: string,
    args: readonly string[],
    options: {
      readonly name?: string
      readonly cols?: number
      readonly rows?: number
      readonly cwd?: string
      readonly env?: Readonly<Record<string, string | undefined>>
      readonly encoding?: string | null
    },
  ): IPty
}
