// How the simulators' pages look: one style sheet, light and dark, from a phone's width upwards.

export const PAGE_STYLE = `
:root {
  --ground: #f4f3ef; --card: #fff; --ink: #1d1c1a; --soft: #6a675f; --line: #e4e1d9;
  --accent: #3d4be0; --good: #0b7a4b; --good-press: #096640; --bad: #b3261e; --warn: #8a5a00;
  --good-wash: #e2f4ea; --bad-wash: #fbe9e7; --warn-wash: #fdf1d7; --plain-wash: #efede7;
  --shade: 0 1px 2px rgb(40 35 20 / .06), 0 6px 20px rgb(40 35 20 / .05);
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #151517; --card: #1f1f22; --ink: #f1efea; --soft: #a5a29a; --line: #34343a;
    --accent: #98a2ff; --good: #2fae78; --good-press: #3cc389; --bad: #ff8a80; --warn: #f0bd5b;
    --good-wash: #16352a; --bad-wash: #3c211f; --warn-wash: #392d14; --plain-wash: #2b2b30;
    --shade: none;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK JP", sans-serif;
  -webkit-text-size-adjust: 100%;
}
h1, h2, p, dl, dd { margin: 0; }
button, input { font: inherit; color: inherit; }
button { cursor: pointer; border: 0; border-radius: 10px; }
button:disabled { opacity: .5; cursor: default; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
a { color: var(--accent); }

.top { display: flex; align-items: center; gap: 14px; max-width: 1180px; margin: 0 auto; padding: 20px 20px 8px; }
.mark {
  width: 40px; height: 40px; border-radius: 11px; flex: none; background-color: var(--accent);
  background-image: radial-gradient(circle at 34% 34%, var(--card) 0 17%, transparent 18%),
    radial-gradient(circle at 68% 34%, var(--card) 0 9%, transparent 10%),
    radial-gradient(circle at 34% 68%, var(--card) 0 9%, transparent 10%),
    radial-gradient(circle at 68% 68%, var(--card) 0 17%, transparent 18%);
}
.names { flex: 1; min-width: 0; }
.top h1 { font-size: 1.15rem; line-height: 1.3; letter-spacing: -.01em; }
.top p { color: var(--soft); font-size: .875rem; }
.link-state { display: flex; align-items: center; gap: 7px; white-space: nowrap; }
.link-state::before { content: ""; width: 9px; height: 9px; border-radius: 50%; background: var(--soft); }
.link-state.up::before { background: var(--good); }
.link-state.down::before { background: var(--bad); }

.board { display: grid; gap: 28px; max-width: 1180px; margin: 0 auto; padding: 12px 20px 48px; align-items: start; }
.column { display: grid; gap: 28px; min-width: 0; }
@media (min-width: 960px) { .board { grid-template-columns: minmax(0, 1fr) 400px; gap: 36px; } }
h2 { font-size: 1rem; letter-spacing: -.005em; margin-bottom: 10px; }
.title-row { display: flex; justify-content: space-between; align-items: center; min-height: 34px; margin-bottom: 10px; }
.title-row h2 { margin: 0; }

.tiles { display: grid; grid-template-columns: repeat(4, 1fr); background: var(--card); border-radius: 16px; box-shadow: var(--shade); }
.tiles div { padding: 13px 18px; min-width: 0; }
.tiles div + div { border-left: 1px solid var(--line); }
@media (max-width: 559px) {
  .tiles { grid-template-columns: 1fr 1fr; }
  .tiles div:nth-child(odd) { border-left: 0; }
  .tiles div:nth-child(n + 3) { border-top: 1px solid var(--line); }
}
.tiles dt { color: var(--soft); font-size: .8125rem; }
.tiles dd { font-size: 1.25rem; font-weight: 650; font-variant-numeric: tabular-nums; letter-spacing: -.01em; overflow-wrap: anywhere; }

.stack { display: grid; gap: 14px; }
.bill { position: relative; overflow: hidden; background: var(--card); border-radius: 18px; box-shadow: var(--shade); padding: 20px 20px 24px; }
.bill .amount { font-size: 2.375rem; line-height: 1.1; font-weight: 700; letter-spacing: -.03em; font-variant-numeric: tabular-nums; }
.bill .what { margin-top: 6px; font-size: 1.0625rem; overflow-wrap: anywhere; }
.bill .meta { margin-top: 4px; color: var(--soft); font-size: .8125rem; overflow-wrap: anywhere; }
.bill .link { margin-top: 12px; }
.bill .head { display: flex; justify-content: space-between; gap: 12px; align-items: flex-start; }
.bill .clock { color: var(--soft); font-size: .875rem; font-variant-numeric: tabular-nums; white-space: nowrap; padding-top: 6px; }
.bill .clock.short { color: var(--bad); font-weight: 600; }
.bill .fuse { position: absolute; left: 0; bottom: 0; height: 4px; width: 100%; background: var(--accent); transform-origin: left; transition: transform 1s linear; }
.buttons { display: grid; grid-template-columns: 2fr 1fr; gap: 10px; margin-top: 16px; }
.buttons.tall { grid-template-columns: 1fr; }
.buttons.three { grid-template-columns: 2fr 1fr 1fr; }
.buttons.three .decline { padding: 8px; }
.pay, .decline { min-height: 54px; padding: 8px 18px; font-weight: 650; border-radius: 13px; }
.pay { background: var(--good); color: #fff; font-size: 1.125rem; }
.pay:hover { background: var(--good-press); }
.decline { background: transparent; box-shadow: inset 0 0 0 1.5px var(--line); }
.decline:hover { box-shadow: inset 0 0 0 1.5px var(--bad); color: var(--bad); }
@media (prefers-color-scheme: dark) { .pay { color: #06180f; } }

.list { background: var(--card); border-radius: 16px; box-shadow: var(--shade); }
.row { display: grid; grid-template-columns: minmax(0, 1fr) fit-content(58%); gap: 2px 14px; align-items: center; padding: 12px 16px; }
.row + .row { border-top: 1px solid var(--line); }
.row .name { font-weight: 550; overflow-wrap: anywhere; }
.row .name code { white-space: nowrap; }
.row .sub { color: var(--soft); font-size: .8125rem; min-width: 0; overflow-wrap: anywhere; }
.row .sub code { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; margin-top: 2px; }
.row .end { text-align: right; font-variant-numeric: tabular-nums; display: flex; gap: 8px; align-items: center; justify-content: flex-end; flex-wrap: wrap; }
.empty { padding: 26px 20px; text-align: center; color: var(--soft); }
.empty strong { display: block; color: var(--ink); font-weight: 600; }
.stack .empty { border: 1.5px dashed var(--line); border-radius: 18px; padding: 36px 20px; }
code { font: .8125rem/1.4 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }

.pill { font-size: .75rem; font-weight: 600; padding: 2px 9px; border-radius: 99px; background: var(--plain-wash); color: var(--soft); white-space: nowrap; }
.pill.good { background: var(--good-wash); color: var(--good); }
.pill.bad { background: var(--bad-wash); color: var(--bad); }
.pill.warn { background: var(--warn-wash); color: var(--warn); }
.quiet { background: var(--plain-wash); font-size: .8125rem; font-weight: 550; padding: 6px 12px; min-height: 34px; }
a.quiet { display: inline-flex; align-items: center; border-radius: 10px; text-decoration: none; color: var(--ink); }
.quiet:hover { box-shadow: inset 0 0 0 1.5px var(--line); }
.switch { position: relative; width: 46px; height: 28px; padding: 0; border-radius: 99px; background: var(--line); flex: none; transition: background .15s; }
.switch::after { content: ""; position: absolute; top: 3px; left: 3px; width: 22px; height: 22px; border-radius: 50%; background: #fff; box-shadow: 0 1px 3px rgb(0 0 0 / .3); transition: transform .15s; }
.switch[aria-checked="true"] { background: var(--bad); }
.switch.kind[aria-checked="true"] { background: var(--good); }
.switch[aria-checked="true"]::after { transform: translateX(18px); }

.settings { margin-bottom: 12px; }
.settings label { display: block; color: var(--soft); font-size: .8125rem; margin-bottom: 4px; }
.field { display: flex; gap: 8px; }
.field input { flex: 1; min-width: 0; padding: 9px 12px; border-radius: 10px; border: 1.5px solid var(--line); background: var(--card); font-size: .875rem; }
.field button { padding: 8px 16px; font-size: .875rem; font-weight: 600; background: var(--plain-wash); }

select, input { font: inherit; color: inherit; }
.aiming { margin-top: 12px; }
.aiming summary { cursor: pointer; font-size: .875rem; font-weight: 600; color: var(--accent); padding: 6px 4px; border-radius: 8px; width: fit-content; }
.aim { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; margin-top: 6px; padding: 16px; background: var(--card); border-radius: 16px; box-shadow: var(--shade); }
.aim p { min-width: 0; }
.aim .check { display: flex; align-items: center; gap: 10px; }
.aim .check label { margin: 0; order: 1; }
.aim .check input { width: 20px; min-height: 20px; height: 20px; margin: 0; flex: none; accent-color: var(--accent); }
.aim .wide { grid-column: 1 / -1; }
.aim label { display: block; color: var(--soft); font-size: .8125rem; margin-bottom: 4px; }
.aim input, .aim select { width: 100%; min-height: 44px; padding: 8px 12px; border-radius: 10px; border: 1.5px solid var(--line); background: var(--ground); }
.aim :disabled { opacity: .45; }
.primary { width: 100%; min-height: 46px; padding: 8px 18px; font-weight: 650; background: var(--accent); color: var(--card); }
.words { margin-top: 10px; color: var(--soft); font-size: .8125rem; overflow-wrap: anywhere; }
.words code { display: block; margin-top: 4px; padding: 10px 12px; border-radius: 10px; background: var(--plain-wash); user-select: all; }
.pill.off { border-radius: 99px; white-space: normal; text-align: start; margin: 2px 4px 2px 0; min-height: 26px; }

#toast { position: fixed; left: 50%; bottom: 22px; transform: translate(-50%, 20px); max-width: calc(100vw - 40px); padding: 11px 18px; border-radius: 12px; background: var(--ink); color: var(--ground); opacity: 0; pointer-events: none; transition: .2s; }
#toast.shown { opacity: 1; transform: translate(-50%, 0); }

.customer { min-height: 100vh; min-height: 100dvh; display: grid; grid-template-rows: 1fr auto; gap: 16px; justify-items: center; align-items: center; padding: 24px 20px; }
.sheet { width: 100%; max-width: 420px; background: var(--card); border-radius: 24px; box-shadow: var(--shade); padding: 36px 26px 28px; text-align: center; }
.payee { font-weight: 400; font-size: 1.0625rem; color: var(--soft); line-height: 1.4; overflow-wrap: anywhere; }
.payee strong { display: block; color: var(--ink); font-size: 3.25rem; line-height: 1.15; letter-spacing: -.035em; font-variant-numeric: tabular-nums; }
.order { margin: 14px 0 8px; font-size: 1.0625rem; overflow-wrap: anywhere; }
.hint { color: var(--soft); font-size: .875rem; margin-top: 16px; font-variant-numeric: tabular-nums; min-height: 1.5em; }
.foot { color: var(--soft); font-size: .8125rem; text-align: center; }
.foot a { white-space: nowrap; }
.ending { margin-top: 22px; padding-top: 24px; border-top: 1px solid var(--line); }
.ending h2 { font-size: 1.25rem; margin: 12px 0 2px; }
.ending p { color: var(--soft); }
.sign { display: grid; place-items: center; width: 64px; height: 64px; margin: 0 auto; border-radius: 50%; font-size: 2rem; line-height: 1; background: var(--plain-wash); color: var(--soft); }
.ending.paid .sign { background: var(--good-wash); color: var(--good); }
.ending.declined .sign { background: var(--bad-wash); color: var(--bad); }
.ending.unknown { border: 0; margin: 0; padding: 0; }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
`;
