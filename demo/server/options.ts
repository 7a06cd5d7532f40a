import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What `npm start` and `npm run servers` understand on their command lines, e.g. `npm start -- --port 8080`. */
export interface ServerOptions {
  /** Port of the site (`start`) or of the store (`servers`); 0 takes a free one. */
  port: number;
  /** Address to bind. Loopback unless told otherwise: the store's keys are public knowledge. */
  host: string;
  /** Folder that holds the local store. */
  data: string;
  /** Serve the built site in `dist-demo/` instead of compiling on the fly. */
  built: boolean;
  /** Which sample files to put into an empty store. */
  samples: 'full' | 'few' | 'none';
  /** Most bytes the local store takes, to see it run full. */
  capacity: number | undefined;
}

const usage = (defaults: { port: number }): string => `Options:
  --port NUMBER       port of the site or of the store; 0 takes a free one (default ${defaults.port})
  --host ADDRESS      address to bind (default 127.0.0.1: the store's keys are public knowledge)
  --data FOLDER       folder that holds the local store (default .data)
  --built             serve the built site in dist-demo/ instead of compiling on the fly
  --samples WHICH     full, few or none: sample files put into an empty store (default full)
  --capacity BYTES    most bytes the local store takes, to see it run full
  --help              this text`;

/** The options of the command line. What is wrong with them ends the program, in words; `--help` does too. */
export function optionsOrExit(defaults: { port: number }): ServerOptions {
  if (process.argv.includes('--help')) {
    console.log(usage(defaults));
    process.exit(0);
  }
  try {
    return readOptions(defaults);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage(defaults)}`);
    process.exit(2);
  }
}

export function readOptions(defaults: { port: number }, argv = process.argv.slice(2)): ServerOptions {
  const { values } = parseArgs({
    args: argv,
    options: {
      port: { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      data: { type: 'string', default: '.data' },
      built: { type: 'boolean', default: false },
      samples: { type: 'string', default: 'full' },
      capacity: { type: 'string' },
    },
  });
  const { samples } = values;
  if (samples !== 'full' && samples !== 'few' && samples !== 'none') {
    throw new Error(`--samples is one of full, few, none; "${samples}" is none of them.`);
  }
  return {
    port: values.port === undefined ? defaults.port : wholeNumber('--port', values.port, 65_535),
    host: values.host,
    data: resolve(values.data),
    built: values.built,
    samples,
    capacity:
      values.capacity === undefined
        ? undefined
        : wholeNumber('--capacity', values.capacity, Number.MAX_SAFE_INTEGER),
  };
}

function wholeNumber(name: string, text: string, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw new Error(`${name} takes a whole number from 0 to ${max}; "${text}" is not one.`);
  }
  return value;
}
