import { lastSegment } from '../../core/path.js';

/** What an upload job is called: by the file or folder that was given, of several the first, and how many more. */
export class Heading {
  readonly #into: string;
  readonly #tops = new Set<string>();

  /** `into`: the folder at the storage, ending in `/`, or empty. */
  constructor(into: string) {
    this.#into = into;
  }

  /** Notes what was given at the top: files, and folders by their names. Returns that name. */
  note(path: string, wasBegun: boolean): string {
    // What an earlier page began comes as whole paths, file by file.
    const top = wasBegun ? lastSegment(path) : path.slice(this.#into.length).split('/', 1)[0]!;
    this.#tops.add(top);
    return top;
  }

  /** Undefined: nothing was given. Asked once, when all is known: what was noted is forgotten. */
  finish(): string | undefined {
    const [first] = this.#tops;
    const heading = this.#tops.size > 1 ? `${first} + ${this.#tops.size - 1}` : first;
    this.#tops.clear();
    return heading;
  }
}
