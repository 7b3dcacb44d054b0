// The launcher and the panel's frame, after the rules of the channel's look. Inside a shadow root, `!important` on `:host` wins over any `!important` of the page
// (CSS Cascade 4: the order of contexts turns round), which is what makes the chat immune to it.
export const css = `
:host{position:fixed!important;z-index:2147483647!important;margin:0 env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left)!important;direction:ltr!important;color-scheme:light dark!important;font:15px/1.5 -apple-system,"Segoe UI",Roboto,"PingFang SC","Microsoft YaHei",sans-serif!important;--vh:100dvh!important;--vt:0px!important}
*{box-sizing:border-box;margin:0;-webkit-tap-highlight-color:#0000}
button{font:inherit;cursor:pointer;border:0;padding:0;background:var(--c);color:var(--on);display:grid;place-items:center}
svg{width:28px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round;grid-area:1/1;transition:.2s}
.chat{fill:currentColor}
:host>button{position:relative;min-width:60px;height:60px;padding:0 16px;border-radius:30px;grid-auto-flow:column;white-space:nowrap;box-shadow:0 4px 20px #0004}
@media(hover:hover){:host>button:hover svg{scale:1.1}}
:host(.open)>button .chat,:host(:not(.open))>button .down{opacity:0;transform:rotate(40deg) scale(.5)}
:host(:not(.open))>button:after{content:attr(data-t)}
b{position:absolute;top:-4px;right:-4px;padding:0 7px;border-radius:11px;background:#d92d20;color:#fff;font-size:12px;line-height:22px;pointer-events:none}
section{position:fixed;width:380px;display:flex;flex-direction:column;overflow:hidden;border-radius:16px;background:Canvas;color:CanvasText;box-shadow:0 0 1px #0006,0 12px 40px #0003;animation:p .2s;outline:0}
:host(:not(.open)) section,b:empty,:host(.open) b{display:none}
@keyframes p{0%{opacity:0;transform:translateY(16px)}}
header{display:flex;align-items:center;gap:12px;padding:14px 16px;padding-top:max(14px,env(safe-area-inset-top));background:var(--c);color:var(--on)}
h2{font-size:16px;flex:1}
.x{display:none;width:44px;height:44px;margin:-9px}
header+p{margin:auto auto 0;padding:24px;text-align:center}
p+button{margin:0 auto auto;padding:12px 24px;border-radius:24px}
p:last-child{margin-bottom:auto}
p:last-child:before{content:"";display:block;width:28px;height:28px;margin:0 auto 16px;border-radius:50%;border:3px solid var(--c);border-top-color:#0000;animation:s 1s linear infinite}
@keyframes s{to{rotate:1turn}}
@media(min-width:481px){:host(.large) section{inset:0;margin:auto}:host(.large) .x{display:grid}:host(.large.open)>button{display:none}}
@media(max-width:480px){section{left:0;right:0;bottom:auto;width:auto;border-radius:0}
:host(.open)>button{display:none}
:host(:not(.page)) .x{display:grid}}
:host(.page) section{inset:var(--vt) 0 auto;margin:auto;width:auto;max-width:760px;height:var(--vh);border-radius:0}
@media(prefers-reduced-motion){*{animation-duration:1ms!important;transition:none!important}}
@media print{:host{display:none!important}}`;
