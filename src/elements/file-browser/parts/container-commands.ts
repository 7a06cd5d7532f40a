import type { Adapter, Container, Containers } from '../../../adapters/adapter.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import type { MenuItem } from '../../parts/menu.js';

/** What can be done about containers at the moment. */
export interface ContainerAbilities {
  readonly create: boolean;
  readonly update: boolean;
  readonly remove: boolean;
  readonly publish: boolean;
}

const none: ContainerAbilities = { create: false, update: false, remove: false, publish: false };

/**
 * What the adapter has functions for and the container that is shown does not refuse. `shown` is undefined while none
 * is shown, `isSettled` false while it is not known what it refuses.
 */
export function containerAbilities(
  adapter: Adapter,
  containers: Containers,
  { isReadonly, shown, isSettled }: { isReadonly: boolean; shown: Container | undefined; isSettled: boolean },
): ContainerAbilities {
  if (isReadonly) return none;
  const allows = (action: 'update' | 'remove' | 'publish') =>
    shown !== undefined && isSettled && shown.refuses?.[action] === undefined;
  return {
    create: containers.create !== undefined && containers.fields !== undefined,
    update:
      containers.update !== undefined &&
      containers.fields?.some(({ editable }) => editable !== false) === true &&
      allows('update'),
    remove: containers.remove !== undefined && allows('remove'),
    publish: adapter.publish !== undefined && allows('publish'),
  };
}

export interface ContainerCommandsProps {
  readonly localize: LocalizeController;
  readonly word: string;
  readonly abilities: ContainerAbilities;
  /** Whether publishing has no button of its own. */
  readonly isNarrow: boolean;
  readonly onCreate: () => void;
  readonly onEdit: () => void;
  readonly onPublish: () => void;
  readonly onRemove: () => void;
}

/** Lines of the menu about containers. */
export function containerCommands(props: ContainerCommandsProps): readonly MenuItem[] {
  const { localize, word, abilities } = props;
  const items: MenuItem[] = [];
  const add = (label: string, run: () => void, danger = false) => items.push({ label, run, danger });
  if (abilities.create) add(localize.text('containers.create', { word }), props.onCreate);
  if (abilities.update) add(localize.text('containers.edit', { word }), props.onEdit);
  if (abilities.publish && props.isNarrow) add(localize.text('containers.publish'), props.onPublish);
  if (abilities.remove) add(localize.text('containers.remove', { word }), props.onRemove, true);
  return items;
}
