import { getSocketHost } from './peer.js';

/**
 * Tells Companion to give up a file that it fetches and stores by itself. It takes that word by a socket named after
 * the file's token, from whoever opens one; closing a socket tells it nothing. A file it is done with is left as it is.
 */
export function cancelAtCompanion(companionUrl: string, token: string): void {
  const socket = new WebSocket(`${getSocketHost(companionUrl)}/api/${token}`);
  socket.addEventListener('open', () => {
    socket.send(JSON.stringify({ action: 'cancel', payload: {} }));
    socket.close();
  });
}
