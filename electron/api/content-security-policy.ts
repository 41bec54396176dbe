/** The one content security policy of the renderer, whichever host serves it. */

/**
 * Scripts, styles, fonts and pictures come from the app alone, and it talks to nobody but the app.
 * Inline style attributes are let through: layout that is computed (virtual lists, face boxes) needs them, and
 * they can run nothing and load nothing from elsewhere.
 * @param socketOrigins where WebSockets may go, such as "ws://127.0.0.1:7327"
 */
export function createContentSecurityPolicy(socketOrigins: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    ["connect-src 'self'", ...socketOrigins].join(' '),
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Headers that go with every answer, by lower-case name. */
export function createSecurityHeaders(socketOrigins: readonly string[]): Record<string, string> {
  return {
    'content-security-policy': createContentSecurityPolicy(socketOrigins),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
}
