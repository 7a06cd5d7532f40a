import type { LocalizeController } from '../../../controllers/localize-controller.js';
import type { NameProblem } from '../../../core/path.js';

const keys = {
  empty: 'browser.nameEmpty',
  slash: 'browser.nameSlash',
  dots: 'browser.nameDots',
  control: 'browser.nameControl',
  'too-long': 'browser.nameTooLong',
} as const;

/** What to tell the person about a name that cannot be given. */
export function nameProblemText(problem: NameProblem, name: string, localize: LocalizeController): string {
  return problem === 'taken' ? localize.text('browser.nameTaken', { name }) : localize.text(keys[problem]);
}
