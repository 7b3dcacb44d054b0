//! Pictures, videos and files in conversations.

use crate::i18n::texts;

texts! {
    attach_image = "图片", "Image";
    attach_video = "视频", "Video";
    attach_file = "文件", "File";
    attach_more = "添加附件", "Attach";
    attach_limit(kind: &str, size: &str) = "{kind}（不超过 {size}）", "{kind} (up to {size})";
    attach_most(size: &str) = "每个不超过 {size}", "Up to {size} each";
    drop_here = "松开即可添加", "Drop to add";
    drop_limit(size: &str) = "单个文件不超过 {size}", "Up to {size} for each file";

    image_mark = "[图片]", "[Image]";
    video_mark = "[视频]", "[Video]";
    file_mark(name: &str) = "[文件] {name}", "[File] {name}";
    image_called(name: &str) = "图片：{name}", "Image: {name}";
    video_called(name: &str) = "视频：{name}", "Video: {name}";
    download_file(name: &str) = "下载 {name}", "Download {name}";
    download = "下载", "Download";
    file_unreachable = "暂时无法下载，请稍后重试", "It cannot be downloaded right now. Try again later";
    picture_failed = "图片加载失败，点击重试", "The image could not be loaded. Try again";

    uploads = "要发送的文件", "Files to send";
    upload_held = "待发送", "Not sent yet";
    upload_remove(name: &str) = "移除 {name}", "Remove {name}";
    upload_waiting = "等待上传", "Waiting";
    upload_percent(percent: u8) = "已上传 {percent}%", "{percent}% uploaded";
    upload_finishing = "正在处理", "Processing";
    upload_cancel(name: &str) = "取消发送 {name}", "Cancel {name}";
    upload_retry(name: &str) = "重新发送 {name}", "Try {name} again";
    upload_failed_network = "上传中断，请重试", "The upload broke off. Try again";
    upload_failed_elsewhere(name: &str) = "“{name}”没有发出，请打开会话重试", "{name} was not sent. Open its conversation to try again";
    upload_too_large(name: &str, size: &str) = "“{name}”超过 {size}，未发送", "{name} is larger than {size} and was not sent";
    upload_too_large_here = "文件过大", "The file is too large";
    upload_empty(name: &str) = "“{name}”是空文件，未发送", "{name} is empty and was not sent";

    picture_viewer = "查看图片", "Image viewer";
    previous_picture = "上一张", "Previous image";
    next_picture = "下一张", "Next image";
    picture_place(at: usize, count: usize) = "{at} / {count}", "{at} / {count}";
}
