/** What the user does: every method that leaves a journal entry is its database action, told once it is stored. */

import { actionMethods, type ActionMethod, type MethodHandlers, type ValidParams } from '../../api/contract.ts';
import { tellChange, type HandlerParts } from './handler-parts.ts';

export function createActionHandlers(parts: HandlerParts): Pick<MethodHandlers, ActionMethod> {
  const entries = actionMethods.map((method) => [
    method,
    async (params: ValidParams<ActionMethod>) => tellChange(parts, await parts.database.act(method, params)),
  ]);
  // One function of each method's own arguments: a union of methods cannot say so.
  return Object.fromEntries(entries) as Pick<MethodHandlers, ActionMethod>;
}
