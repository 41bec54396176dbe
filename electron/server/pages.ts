/** The one page that the server draws itself: for a browser that it does not know. */

/** Shown where the cookie is missing; following its link brings the cookie along where another site led here. */
export const unknownBrowserPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Kindred</title>
    <meta name="viewport" content="width=device-width">
    <meta name="color-scheme" content="light dark">
  </head>
  <body>
    <h1>Kindred</h1>
    <p>This browser is not known here. Each address that Kindred prints opens one browser, once: start Kindred again for another.</p>
    <p lang="ko">이 브라우저는 아직 연결되지 않았습니다. Kindred가 표시하는 주소는 브라우저 하나를 한 번만 엽니다. 새 주소를 받으려면 Kindred를 다시 실행하세요.</p>
    <p><a href="/">Kindred</a></p>
  </body>
</html>
`;
