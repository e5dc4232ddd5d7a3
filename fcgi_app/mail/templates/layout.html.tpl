{{%AUTOESCAPE context="HTML"}}
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{{SUBJECT}}</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0; padding: 24px; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 34em; margin: 0 auto; }
p { margin: 0 0 16px; }
.button { display: inline-block; padding: 10px 18px; border-radius: 6px; background: #1a56db; color: #ffffff; text-decoration: none; font-weight: 600; }
.code { font: 600 28px/1.2 ui-monospace, monospace; letter-spacing: 4px; }
.small { font-size: 14px; opacity: .75; overflow-wrap: anywhere; }
</style>
</head>
<body>
<main>
{{>CONTENT}}
<p class="small">{{SITE}} · {{ORIGIN}}</p>
</main>
</body>
</html>
