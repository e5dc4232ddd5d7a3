<?php
// PHP-FPM: cookie, look-up in Postern's own file, JSON. PDO keeps the connection.
$cookie = $_COOKIE['postern'] ?? '';
$key = hash('sha256', base64_decode(strtr($cookie, '-_', '+/')), true);
$database = new PDO('sqlite:' . $_SERVER['BENCH_DATABASE'], null, null, [PDO::ATTR_PERSISTENT => true]);
$found = $database->prepare(
    "SELECT account.id, account.email, account.name, session.created_at, session.ends_at
     FROM session JOIN account ON account.id = session.account_id WHERE session.key = ?
     AND session.last_seen_at + session.idle > ? AND account.state = 'active'");
$found->bindValue(1, $key, PDO::PARAM_LOB);
$found->bindValue(2, time(), PDO::PARAM_INT);
$found->execute();
$row = $found->fetch(PDO::FETCH_NUM);
header('Content-Type: application/json');
if (!$row) {
    http_response_code(401);
    exit('{"error":"sign in"}');
}
echo json_encode(['account' => ['id' => (string)$row[0], 'email' => $row[1], 'name' => $row[2]],
                  'session' => ['created_at' => $row[3], 'expires_at' => $row[4]]]);
