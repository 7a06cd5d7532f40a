/** The part of Mocha's globals that browser tests use; the test runner puts them into the page. */

interface MochaContext {
  readonly test?: { title: string };
  /** Milliseconds; 0 is none. */
  timeout(limit: number): this;
  skip(): never;
}
type MochaBody = (this: MochaContext) => void | Promise<void>;

interface MochaSuite {
  (title: string, body: (this: MochaContext) => void): void;
  only: MochaSuite;
  skip: MochaSuite;
}
interface MochaTest {
  (title: string, body?: MochaBody): void;
  only: MochaTest;
  skip: MochaTest;
}
interface MochaHook {
  (body: MochaBody): void;
  (title: string, body: MochaBody): void;
}

declare const describe: MochaSuite;
declare const it: MochaTest;
declare const before: MochaHook;
declare const after: MochaHook;
declare const beforeEach: MochaHook;
declare const afterEach: MochaHook;
