import { keysOf } from '../../../controllers/hotkeys-controller.js';

/** What a key means in the grid. Positions are not known here. */
export type GridCommand =
  | { readonly do: 'focus'; readonly to: 'previous' | 'next' | 'page-up' | 'page-down' | 'first' | 'last' }
  | { readonly do: 'extend'; readonly to: 'previous' | 'next' | 'page-up' | 'page-down' | 'first' | 'last' }
  | { readonly do: 'column'; readonly to: 'start' | 'end' | 'first' | 'last' }
  | {
      readonly do:
        | 'toggle'
        | 'toggle-range'
        | 'select-all'
        | 'clear'
        | 'up'
        | 'menu'
        | 'edit-path'
        | 'filter';
    }
  | { readonly do: 'type'; readonly character: string };

const moves: Readonly<Record<string, (GridCommand & { do: 'focus' })['to']>> = {
  ArrowUp: 'previous',
  ArrowDown: 'next',
  PageUp: 'page-up',
  PageDown: 'page-down',
  Home: 'first',
  End: 'last',
};

const others: Readonly<Record<string, GridCommand>> = {
  Space: { do: 'toggle' },
  'Ctrl+Space': { do: 'toggle' },
  'Shift+Space': { do: 'toggle-range' },
  'Ctrl+a': { do: 'select-all' },
  Escape: { do: 'clear' },
  Backspace: { do: 'up' },
  'Alt+ArrowUp': { do: 'up' },
  ContextMenu: { do: 'menu' },
  'Shift+F10': { do: 'menu' },
  'Ctrl+l': { do: 'edit-path' },
  'Ctrl+f': { do: 'filter' },
  '/': { do: 'filter' },
};

/** Reads a key pressed in the grid; undefined: it means nothing here. `inCell`: a cell or header has the focus. */
export function gridCommand(
  event: KeyboardEvent,
  { isRtl, inCell, isTyping }: { isRtl: boolean; inCell: boolean; isTyping: boolean },
): GridCommand | undefined {
  const keys = keysOf(event);
  if (isTyping && keys === 'Space') return { do: 'type', character: ' ' };
  if (keys === 'ArrowLeft') return { do: 'column', to: isRtl ? 'end' : 'start' };
  if (keys === 'ArrowRight') return { do: 'column', to: isRtl ? 'start' : 'end' };
  if (inCell && keys === 'Home') return { do: 'column', to: 'first' };
  if (inCell && keys === 'End') return { do: 'column', to: 'last' };
  const bare = keys.replace(/^Ctrl\+/, '');
  const move = moves[bare];
  if (move) return { do: 'focus', to: move };
  const extend = bare.startsWith('Shift+') ? moves[bare.slice('Shift+'.length)] : undefined;
  if (extend) return { do: 'extend', to: extend };
  const other = others[keys];
  if (other) return other;
  if ([...event.key].length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey)
    return { do: 'type', character: event.key };
  return undefined;
}
