// The form's look, in the colours that the widget has from its channel (`src/style.css`).
export const css = `
.asks .jump,.asks .seen,.asks .tray,.asks.drop:after{display:none}
form{flex:1;min-height:0;display:grid;align-content:start;gap:14px;padding:20px 16px 8px;overflow:hidden auto;overscroll-behavior:contain;scrollbar-width:thin;scrollbar-color:var(--line) #0000}
form strong{font-weight:600;overflow-wrap:anywhere}
form label{display:block;margin-bottom:4px;font-size:13px;line-height:18px;font-weight:500;overflow-wrap:anywhere}
form i{color:var(--mut);font-style:normal;font-weight:400}
form :is(input,select){display:block;width:100%;min-width:0;min-height:44px;padding:8px 12px;border:1px solid var(--mut);border-radius:12px;background:var(--bg);color:inherit;font:inherit}
form [aria-invalid]{border-color:var(--bad)}
form small{display:block;padding-top:4px;color:var(--bad);font-size:12px;line-height:16px}
form small:empty,form p:empty{display:none}
form p{color:var(--bad);font-size:13px;line-height:18px}
.start{margin:0;min-height:44px;padding:0 24px;border-radius:22px;font-weight:600}
.start[aria-disabled=true]{opacity:.6;cursor:default}
@media(pointer:coarse){form :is(input,select){font-size:16px}}
.asks .foot:not(:has(.notice:not(:empty))){padding-bottom:env(safe-area-inset-bottom)}`;
