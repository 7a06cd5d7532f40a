import type { FaultRule, FaultSwitches, Faults } from './store/index.js';

/** The switches as JSON: everything but functions. */
export type FaultSettings = Partial<Omit<FaultSwitches, 'rules'>> & { rules?: Omit<FaultRule, 'match'>[] };

export function readFaults(faults: Faults): FaultSettings {
  const {
    rules,
    delay,
    bytesPerSecond,
    hideETag,
    dropCors,
    storeFull,
    expireEarly,
    partsPerPage,
    ignoreRange,
    wrongChecksum,
  } = faults;
  return {
    rules: rules.map(({ match: _match, ...rule }) => rule),
    delay,
    bytesPerSecond,
    hideETag,
    dropCors,
    storeFull,
    expireEarly,
    partsPerPage,
    ignoreRange,
    wrongChecksum,
  };
}

/** Puts all switches as told; what is not named goes back to well-behaved. Returns what is wrong, if anything. */
export function applyFaults(faults: Faults, settings: unknown): string | undefined {
  if (typeof settings !== 'object' || settings === null) return 'The body is a JSON object of switches.';
  faults.reset();
  const known = readFaults(faults);
  for (const [name, value] of Object.entries(settings)) {
    if (!(name in known)) return `There is no switch "${name}"; there are ${Object.keys(known).join(', ')}.`;
    if (name === 'rules') {
      if (!Array.isArray(value)) return '"rules" is a list.';
      faults.rules.push(...(value as FaultRule[]));
    } else {
      (faults as unknown as Record<string, unknown>)[name] = value;
    }
  }
  return undefined;
}
