/** The menu of the window: what every program has, in the user's language. */

import type { MenuItemConstructorOptions } from 'electron';

const labels = {
  en: { file: 'File', edit: 'Edit', view: 'View', window: 'Window' },
  ko: { file: '파일', edit: '편집', view: '보기', window: '창' },
} as const;

/** Chromium knows its roles' names only in English. */
const roleLabels: Readonly<Record<keyof typeof labels, Readonly<Record<string, string>>>> = {
  en: {},
  ko: {
    close: '창 닫기',
    copy: '복사',
    cut: '잘라내기',
    minimize: '최소화',
    paste: '붙여넣기',
    quit: '종료',
    redo: '다시 실행',
    resetZoom: '실제 크기',
    selectAll: '모두 선택',
    toggleDevTools: '개발자 도구',
    togglefullscreen: '전체 화면',
    undo: '실행 취소',
    zoomIn: '확대',
    zoomOut: '축소',
  },
};

type Role = NonNullable<MenuItemConstructorOptions['role']>;
const separator: MenuItemConstructorOptions = { type: 'separator' };

export interface MenuOptions {
  /** Such as "ko" or "en-GB". */
  readonly locale: string;
  readonly platform: string;
  readonly hasDeveloperTools: boolean;
}

export function createMenuTemplate({ locale, platform, hasDeveloperTools }: MenuOptions): MenuItemConstructorOptions[] {
  const language = locale.toLowerCase().startsWith('ko') ? 'ko' : 'en';
  const titles = labels[language];
  const item = (role: Role): MenuItemConstructorOptions => {
    const label = roleLabels[language][role];
    return label === undefined ? { role } : { role, label };
  };
  const isMac = platform === 'darwin';
  return [
    ...(isMac ? [{ role: 'appMenu' } satisfies MenuItemConstructorOptions] : []),
    { label: titles.file, submenu: [item(isMac ? 'close' : 'quit')] },
    {
      label: titles.edit,
      submenu: [item('undo'), item('redo'), separator, item('cut'), item('copy'), item('paste'), item('selectAll')],
    },
    {
      label: titles.view,
      submenu: [
        item('resetZoom'),
        item('zoomIn'),
        item('zoomOut'),
        separator,
        item('togglefullscreen'),
        ...(hasDeveloperTools ? [item('toggleDevTools')] : []),
      ],
    },
    { label: titles.window, submenu: [item('minimize'), item('close')] },
  ];
}
