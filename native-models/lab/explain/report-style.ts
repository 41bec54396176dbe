/** How the page of an explained photo looks: its style sheet, in light and dark, from a phone's width on. */

export const reportStyle = `
:root{color-scheme:light dark;--ground:#f7faf7;--card:#fff;--line:#d9e1da;--ink:#1d2a26;--soft:#53625c;--pine:#1d6b56;--wash:#e4f0ea;--above:#c9550a;--below:#0b62a4}
@media(prefers-color-scheme:dark){:root{--ground:#121715;--card:#1a211e;--line:#333d38;--ink:#e8efea;--soft:#a6b3ac;--pine:#7fd0b1;--wash:#22352d;--above:#f59a4a;--below:#6cb6f2}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"Segoe UI",sans-serif;overflow-wrap:anywhere}
main{max-width:860px;margin:0 auto;padding:clamp(24px,6vw,64px) clamp(16px,4vw,32px) 64px}
h1{font-size:clamp(1.6rem,5vw,2.3rem);line-height:1.2;margin:0 0 12px;letter-spacing:-.015em;text-wrap:balance}
h2{font-size:1.25rem;line-height:1.3;margin:0}
p{margin:8px 0 0;max-width:66ch}
.lead,.note,figcaption,dd,dt{color:var(--soft)}
.lead{font-size:1.05rem}
.note{font-size:.9rem}
.step{position:relative;margin-top:clamp(36px,7vw,56px);padding-left:56px}
.step::before{content:"";position:absolute;left:17px;top:46px;bottom:calc(-1*clamp(36px,7vw,56px) + 8px);width:2px;background:var(--line)}
.step:last-of-type::before{display:none}
.number{position:absolute;left:0;top:-4px;width:36px;height:36px;border-radius:50%;display:grid;place-items:center;background:var(--wash);color:var(--pine);font-weight:650}
.pictures{display:grid;gap:14px;margin-top:18px}
.tall{grid-template-columns:minmax(0,460px)}
.two{grid-template-columns:repeat(auto-fit,minmax(min(100%,250px),1fr))}
.three{grid-template-columns:repeat(auto-fit,minmax(min(100%,200px),1fr))}
.faces{grid-template-columns:repeat(auto-fill,minmax(min(100%,168px),1fr))}
.wide{grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr))}
figure{margin:0;min-width:0}
figure>img,figure>svg{display:block;width:100%;height:auto;max-height:900px;object-fit:contain;border-radius:10px;background:var(--card)}
figcaption{font-size:.88rem;line-height:1.45;margin-top:6px}
figcaption b{color:var(--ink);font-weight:600}
.numbers{padding:8px;border:1px solid var(--line)}
.above{fill:var(--above)}.below{fill:var(--below)}
.key{display:flex;flex-wrap:wrap;gap:4px 18px;margin-top:14px;font-size:.88rem;color:var(--soft)}
.key svg{width:14px;height:14px;margin-right:6px;vertical-align:-2px}
.halo{fill:none;stroke:#000;stroke-opacity:.45}
.mark{fill:none;stroke:#ffb266}
.tag{fill:#ffb266}.tag-text{fill:#24140a;font-weight:650;text-anchor:middle;font-family:system-ui,sans-serif}
.outline{fill:none;stroke:#fff;stroke-opacity:.75;stroke-width:1}
.point{fill:#ffb266;stroke:#24140a;stroke-width:.6}
.axis{fill:none;stroke:#fff;stroke-width:2;stroke-opacity:.8}
.nose{fill:none;stroke:#ffb266;stroke-width:3;stroke-linecap:round;stroke-linejoin:round}
.nose-tip{fill:#ffb266;stroke:#24140a}
figure>svg.over{background:none}
.list{list-style:none;margin:18px 0 0;padding:0;display:grid;gap:10px}
.list li{display:grid;grid-template-columns:auto 1fr;gap:4px 14px;align-items:center;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:10px 14px}
.who{display:flex;gap:6px}
.who img{width:52px;height:52px;border-radius:27%;object-fit:cover;display:block}
.blank{width:52px;height:52px;border-radius:27%;background:var(--wash);display:grid;place-items:center;color:var(--soft);font-size:.8rem}
.said{line-height:1.4;min-width:0}.said b{font-weight:600}.said span{color:var(--soft);font-size:.9rem;font-weight:400}
.bar{position:relative;height:6px;border-radius:3px;background:var(--wash);margin-top:8px}
.bar i{position:absolute;left:0;top:0;bottom:0;border-radius:3px;background:var(--pine)}
.bar u{position:absolute;top:-4px;bottom:-4px;width:2px;background:var(--ink)}
h3{font-size:1rem;margin:24px 0 0}
.plain{background:var(--wash);border-radius:12px;padding:12px 16px;margin-top:16px}
@media(max-width:520px){.step{padding-left:0}.step::before{display:none}.number{position:static;display:inline-grid;width:32px;height:32px;margin-right:12px;vertical-align:middle}h2{display:inline-block;max-width:calc(100% - 48px);vertical-align:middle}.faces{grid-template-columns:1fr 1fr}}
@media print{.step{break-inside:avoid}}
`.trim();
