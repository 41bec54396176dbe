/** Says before the first import what is computed from photos and where it is kept. */

import type { KindredApi } from '../api/contract.ts';
import { cleanText } from './terminal.ts';

/** @param tell writes a line for the person, who has then read it */
export async function giveConsentNotice(api: KindredApi, tell: (line: string) => void): Promise<void> {
  const status = await api.call('library.status', {});
  if (status.isConsentGiven) return;
  tell('Kindred computes from each face numbers by which it is known again: biometric data.');
  tell(`They are kept in ${cleanText(status.libraryFolder)} on this machine, and nothing is sent anywhere.`);
  await api.call('library.giveConsent', {});
}
