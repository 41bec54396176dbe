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
    <p>This browser is not known here. Open the address that Kindred printed when it was started.</p>
    <p lang="ko">이 브라우저는 아직 연결되지 않았습니다. Kindred를 시작할 때 표시된 주소를 열어 주세요.</p>
    <p><a href="/">Kindred</a></p>
  </body>
</html>
`;
