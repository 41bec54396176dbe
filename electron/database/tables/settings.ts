/** Settings of one library, as JSON by name. */

import type { Connection } from '../file/connection.ts';

export type SettingStore = ReturnType<typeof createSettingStore>;

export function createSettingStore({ db }: Connection) {
  const selectSetting = db.prepare<[string], string>('SELECT value FROM settings WHERE key = ?').pluck();
  const upsertSetting = db.prepare<[string, string]>(
    'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  const deleteSetting = db.prepare<[string]>('DELETE FROM settings WHERE key = ?');

  return {
    /** @returns undefined for a setting that was never written */
    read(key: string): unknown {
      const value = selectSetting.get(key);
      return value === undefined ? undefined : (JSON.parse(value) as unknown);
    },

    /** @param value JSON-safe; undefined forgets the setting */
    write(key: string, value: unknown): void {
      const text = JSON.stringify(value) as string | undefined;
      if (text === undefined) deleteSetting.run(key);
      else upsertSetting.run(key, text);
    },
  };
}
