<?php

function user_hash(string $userId): string
{
    return hash_hmac('sha256', $userId, getenv('PARLOR_IDENTITY_SECRET'));
}
